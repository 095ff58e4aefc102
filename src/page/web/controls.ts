// What can be set: a number of amperes and a switch. What is accepted comes back as a value; what is refused is said here.

import { h, setText } from './dom.ts';
import { post } from './post.ts';

export interface Control {
  readonly element: HTMLElement;
  /** The value in force; `able`: whether it can be set now. */
  show(value: string | undefined, able: boolean): void;
}

interface AmpsSettings {
  readonly label: string;
  /** What it belongs to, for screen readers. */
  readonly of: string;
  readonly topic: string;
  readonly range: () => { readonly min: number; readonly max: number };
  /** Why only one value is possible, and where to change that; not for what always has a choice. */
  readonly whyFixed?: () => string;
}

export class AmpsControl implements Control {
  readonly element: HTMLFormElement;
  readonly #settings: AmpsSettings;
  readonly #input: HTMLInputElement;
  readonly #less: HTMLButtonElement;
  readonly #more: HTMLButtonElement;
  readonly #set: HTMLButtonElement;
  readonly #stepper: HTMLElement;
  readonly #bounds = h('span', { class: 'hint' });
  readonly #now: HTMLElement;
  readonly #error = h('p', { class: 'error', role: 'alert' });
  #inForce: string | undefined;
  #able = false;

  constructor(settings: AmpsSettings) {
    const { label, of, topic } = settings;
    const id = `set-${topic.replaceAll('/', '-')}`;
    this.#settings = settings;
    this.#input = h('input', { id, type: 'number', inputmode: 'numeric', step: '1', 'aria-describedby': `${id}-now` });
    this.#less = h('button', { type: 'button', class: 'step', 'aria-label': `${of}: 1 A less` }, '−');
    this.#more = h('button', { type: 'button', class: 'step', 'aria-label': `${of}: 1 A more` }, '+');
    this.#set = h('button', { type: 'submit', class: 'set', 'aria-label': `${of}: set the limit` }, 'Set');
    this.#now = h('p', { class: 'hint', id: `${id}-now` });
    const unit = h('span', { class: 'unit', 'aria-hidden': 'true' }, 'A');
    this.#stepper = h('div', { class: 'stepper' }, this.#less, this.#input, this.#more, unit, this.#set);
    const heading = h('label', { for: id }, label, ' ', this.#bounds);
    this.element = h('form', { class: 'amps', novalidate: '' }, heading, this.#stepper, this.#now, this.#error);
    this.#listen();
  }

  show(value: string | undefined, able: boolean): void {
    // A draft stays as it is.
    if (this.#input.value === (this.#inForce ?? '') && value !== undefined) this.#input.value = value;
    this.#inForce = value;
    this.#able = able && value !== undefined;
    this.#refresh();
  }

  #listen(): void {
    this.#less.addEventListener('click', () => this.#step(-1));
    this.#more.addEventListener('click', () => this.#step(1));
    this.#input.addEventListener('input', () => this.#refresh());
    this.#input.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      this.#input.value = this.#inForce ?? '';
      setText(this.#error, '');
      this.#refresh();
    });
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  #refresh(): void {
    const { label, of, range } = this.#settings;
    const { min, max } = range();
    const amps = Number(this.#input.value);
    const isDraft = this.#input.value !== (this.#inForce ?? '');
    this.#stepper.hidden = min === max;
    setText(this.#bounds, min === max ? `${min} A` : `${min} to ${max} A`);
    setText(this.#now, this.#hint(isDraft));
    for (const control of [this.#input, this.#less, this.#more, this.#set]) control.disabled = !this.#able;
    // Not disabled, so that the keyboard's place is not lost.
    this.#less.ariaDisabled = String(amps <= min);
    this.#more.ariaDisabled = String(amps >= max);
    this.#set.ariaDisabled = String(!isDraft);
    this.element.classList.toggle('draft', isDraft);
    this.#input.min = String(min);
    this.#input.max = String(max);
    this.#input.setAttribute('aria-label', `${of}: ${label}, ${min} to ${max} amperes`);
  }

  #hint(isDraft: boolean): string {
    const { min, max } = this.#settings.range();
    if (min === max) return this.#settings.whyFixed?.() ?? '';
    return isDraft && this.#inForce !== undefined ? `Now ${this.#inForce} A. Not set yet.` : '';
  }

  #step(by: number): void {
    const { min, max } = this.#settings.range();
    this.#input.value = String(Math.min(max, Math.max(min, Math.round(Number(this.#input.value)) + by)));
    this.#refresh();
  }

  async #submit(): Promise<void> {
    const { topic, range } = this.#settings;
    const { value } = this.#input;
    setText(this.#error, '');
    if (value === this.#inForce) return;
    const refusal = outOfRange(value, range()) ?? (await post('api/command', { topic, payload: value }));
    if (refusal === undefined) this.#inForce = value;
    else setText(this.#error, `Not set: ${refusal}`);
    this.#refresh();
  }
}

/** Why a number cannot be set, undefined if it can. */
function outOfRange(text: string, { min, max }: { readonly min: number; readonly max: number }): string | undefined {
  const amps = Number(text);
  if (text !== '' && Number.isInteger(amps) && amps >= min && amps <= max) return undefined;
  return `expected whole amperes from ${min} to ${max}, got "${text}"`;
}

interface SwitchSettings {
  readonly label: string;
  readonly of: string;
  readonly topic: string;
  /** What switching off does. */
  readonly hint: string;
}

export function switchControl({ label, of, topic, hint }: SwitchSettings): Control {
  const id = `set-${topic.replaceAll('/', '-')}`;
  const button = h('button', {
    type: 'button',
    role: 'switch',
    class: 'switch',
    id,
    'aria-label': `${of}: ${label}`,
    'aria-describedby': `${id}-hint`,
    'aria-checked': 'false',
  });
  const error = h('p', { class: 'error', role: 'alert' });
  button.addEventListener('click', async () => {
    setText(error, '');
    const payload = button.getAttribute('aria-checked') === 'true' ? '0' : '1';
    const refusal = await post('api/command', { topic, payload });
    if (refusal !== undefined) setText(error, `Not set: ${refusal}`);
  });
  const element = h(
    'div',
    { class: 'switching' },
    h('div', { class: 'line' }, h('label', { for: id }, label), button),
    h('p', { class: 'hint', id: `${id}-hint` }, hint),
    error,
  );
  return {
    element,
    show(value, able) {
      button.setAttribute('aria-checked', String(value === '1'));
      button.disabled = !able;
    },
  };
}
