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
  /** Why only one value is possible, and where to change that. */
  readonly whyFixed: () => string;
}

export function ampsControl({ label, of, topic, range, whyFixed }: AmpsSettings): Control {
  const id = `set-${topic.replaceAll('/', '-')}`;
  const input = h('input', { id, type: 'number', inputmode: 'numeric', step: '1', 'aria-describedby': `${id}-now` });
  const less = h('button', { type: 'button', class: 'step', 'aria-label': `${of}: 1 A less` }, '−');
  const more = h('button', { type: 'button', class: 'step', 'aria-label': `${of}: 1 A more` }, '+');
  const set = h('button', { type: 'submit', class: 'set', 'aria-label': `${of}: set the limit` }, 'Set');
  const error = h('p', { class: 'error', role: 'alert' });
  const bounds = h('span', { class: 'hint' });
  const now = h('p', { class: 'hint', id: `${id}-now` });
  const stepper = h(
    'div',
    { class: 'stepper' },
    less,
    input,
    more,
    h('span', { class: 'unit', 'aria-hidden': 'true' }, 'A'),
    set,
  );
  const element = h(
    'form',
    { class: 'amps', novalidate: '' },
    h('label', { for: id }, label, ' ', bounds),
    stepper,
    now,
    error,
  );
  let inForce: string | undefined;
  let able = false;

  function refresh(): void {
    const { min, max } = range();
    const amps = Number(input.value);
    const isDraft = input.value !== (inForce ?? '');
    stepper.hidden = min === max;
    setText(bounds, min === max ? `${min} A` : `${min} to ${max} A`);
    setText(now, min === max ? whyFixed() : isDraft && inForce !== undefined ? `Now ${inForce} A. Not set yet.` : '');
    for (const control of [input, less, more, set]) control.disabled = !able;
    // Not disabled, so that the keyboard's place is not lost.
    less.ariaDisabled = String(amps <= min);
    more.ariaDisabled = String(amps >= max);
    set.ariaDisabled = String(!isDraft);
    element.classList.toggle('draft', isDraft);
    input.min = String(min);
    input.max = String(max);
    input.setAttribute('aria-label', `${of}: ${label}, ${min} to ${max} amperes`);
  }

  function step(by: number): void {
    const { min, max } = range();
    input.value = String(Math.min(max, Math.max(min, Math.round(Number(input.value)) + by)));
    refresh();
  }

  less.addEventListener('click', () => step(-1));
  more.addEventListener('click', () => step(1));
  input.addEventListener('input', refresh);
  input.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    input.value = inForce ?? '';
    setText(error, '');
    refresh();
  });
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    setText(error, '');
    if (input.value === inForce) return;
    const refusal = outOfRange(input.value, range()) ?? (await post('api/command', { topic, payload: input.value }));
    if (refusal === undefined) inForce = input.value;
    else setText(error, `Not set: ${refusal}`);
    refresh();
  });
  return {
    element,
    show(value, isAble) {
      // A draft stays as it is.
      if (input.value === (inForce ?? '') && value !== undefined) input.value = value;
      inForce = value;
      able = isAble && value !== undefined;
      refresh();
    },
  };
}

/** Why a number can not be set, undefined if it can. */
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
