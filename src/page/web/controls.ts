// What can be set: a number of amperes and a switch. What is accepted comes back as a value; what is refused is said here.

import { ask } from './ask.ts';
import { h, put } from './dom.ts';

export interface Control {
  readonly element: HTMLElement;
  /** The value that holds; `able`: whether it can be set now. */
  show(value: string | undefined, able: boolean): void;
}

interface AmpsSettings {
  readonly label: string;
  /** What it belongs to, for who does not see it. */
  readonly of: string;
  readonly topic: string;
  readonly range: () => { readonly min: number; readonly max: number };
}

export function ampsControl({ label, of, topic, range }: AmpsSettings): Control {
  const id = `set-${topic.replaceAll('/', '-')}`;
  const input = h('input', {
    id,
    type: 'number',
    inputmode: 'numeric',
    step: '1',
    required: '',
    'aria-describedby': `${id}-why`,
  });
  const less = h('button', { type: 'button', class: 'step', 'aria-label': `${of}: 1 A less` }, '−');
  const more = h('button', { type: 'button', class: 'step', 'aria-label': `${of}: 1 A more` }, '+');
  const set = h('button', { type: 'submit', class: 'set', 'aria-label': `${of}: set the limit` }, 'Set');
  const why = h('p', { id: `${id}-why`, class: 'why', role: 'alert' });
  const span = h('span', { class: 'hint' });
  const form = h(
    'form',
    { class: 'amps', novalidate: '' },
    h('label', { for: id }, label, ' ', span),
    h('div', { class: 'stepper' }, less, input, more, h('span', { class: 'unit', 'aria-hidden': 'true' }, 'A'), set),
    why,
  );
  let holds: string | undefined;
  let able = false;

  function refresh(): void {
    const { min, max } = range();
    put(span, `${min} to ${max} A`);
    const amps = Number(input.value);
    for (const element of [input, less, more, set]) element.disabled = !able;
    // Not disabled, so that nobody loses the place where they are.
    less.ariaDisabled = String(amps <= min);
    more.ariaDisabled = String(amps >= max);
    set.ariaDisabled = String(input.value === holds);
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
    input.value = holds ?? '';
    put(why, '');
    refresh();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    put(why, '');
    if (input.value === holds) return;
    const refusal = await ask('api/command', { topic, payload: input.value });
    if (refusal === undefined) holds = input.value;
    else put(why, `Not set: ${refusal}`);
    refresh();
  });
  return {
    element: form,
    show(value, isAble) {
      // Somebody who is typing is not interrupted.
      if (input.value === (holds ?? '') && value !== undefined) input.value = value;
      holds = value;
      able = isAble && value !== undefined;
      refresh();
    },
  };
}

interface SwitchSettings {
  readonly label: string;
  readonly of: string;
  readonly topic: string;
  /** What it can and can not do. */
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
  });
  const why = h('p', { class: 'why', role: 'alert' });
  button.addEventListener('click', async () => {
    put(why, '');
    const payload = button.getAttribute('aria-checked') === 'true' ? '0' : '1';
    const refusal = await ask('api/command', { topic, payload });
    if (refusal !== undefined) put(why, `Not set: ${refusal}`);
  });
  const element = h(
    'div',
    { class: 'switching' },
    h('div', { class: 'line' }, h('label', { for: id }, label), button),
    h('p', { class: 'hint', id: `${id}-hint` }, hint),
    why,
  );
  return {
    element,
    show(value, able) {
      button.setAttribute('aria-checked', String(value === '1'));
      button.disabled = !able;
    },
  };
}
