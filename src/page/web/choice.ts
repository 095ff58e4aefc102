// A choice between a few values, with its label.

import { h, setChildren } from './dom.ts';

export function createChoice(label: string) {
  const options = h('select');
  return {
    element: h('label', { class: 'choice' }, h('span', {}, label), options),
    /** Undefined for all. */
    get value(): string | undefined {
      return options.value.startsWith('=') ? options.value.slice(1) : undefined;
    },
    offer(choices: readonly (readonly [string, string])[], all: string | undefined) {
      const before = options.value;
      setChildren(options, [choices, all], () => [
        ...(all === undefined ? [] : [h('option', { value: '' }, all)]),
        ...choices.map(([value, text]) => h('option', { value: `=${value}` }, text)),
      ]);
      if ([...options.options].some(({ value }) => value === before)) options.value = before;
    },
    changed(tell: () => void) {
      options.addEventListener('change', tell);
    },
  };
}
