// What a new owner sees before a charger was heard: what works already, and what to check next.

import { h, part, setChildren } from './dom.ts';
import { firstSteps } from './first-steps.ts';
import type { Condition } from './notices.ts';

const marks = { good: '✓', bad: '!', waiting: '…' } as const;

export function showFirstRun(condition: Condition): void {
  const steps = firstSteps(condition);
  setChildren(part('first-steps'), steps, () =>
    steps.map(({ level, text, advice }) =>
      h(
        'li',
        { 'data-level': level },
        h('span', { class: 'mark', 'aria-hidden': 'true' }, marks[level]),
        h('div', {}, h('p', { class: 'step' }, text), ...(advice ? [h('p', { class: 'hint' }, advice)] : [])),
      ),
    ),
  );
}
