// "Charge now": for some time all chargers share these amperes, whatever their limits and switches say.

import { h, setText } from './dom.ts';
import { formatClock } from './format.ts';
import type { ChargeNowView } from './model.ts';
import { post } from './post.ts';
import { commandTopics } from './topics.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

const MINUTES: Range = { min: 1, max: 1_440 };

export class ChargeNow {
  readonly element: HTMLElement;
  readonly #range: Range;
  readonly #amps: ReturnType<typeof createField>;
  readonly #minutes = createField('charge-now-minutes', 'Minutes', MINUTES);
  readonly #start = h('button', { type: 'submit', class: 'set', 'aria-label': 'Charge now: start' }, 'Start');
  readonly #end = h('button', { type: 'button', 'aria-label': 'Charge now: end' }, 'End');
  readonly #error = h('p', { class: 'error', role: 'alert' });

  /** `range`: of the circuit, A. */
  constructor(range: Range) {
    this.#range = range;
    this.#amps = createField('charge-now-amps', 'Amperes', range);
    const form = h(
      'form',
      { class: 'charge-now', novalidate: '' },
      this.#amps.element,
      this.#minutes.element,
      this.#start,
      this.#end,
    );
    const hint = 'For this time all chargers share these amperes, whatever their limits and switches say.';
    this.element = h('div', {}, h('p', { class: 'hint' }, hint), form, this.#error);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#begin();
    });
    this.#end.addEventListener('click', () => void this.#send(commandTopics.chargeNowEnd, 'end', 'ended'));
  }

  show({ amps, minutes, until }: ChargeNowView, able: boolean): void {
    this.#amps.show(amps);
    this.#minutes.show(minutes);
    for (const one of [this.#amps.input, this.#minutes.input, this.#start, this.#end]) one.disabled = !able;
    this.#end.hidden = until === undefined;
  }

  async #begin(): Promise<void> {
    const [amps, minutes] = [Number(this.#amps.input.value), Number(this.#minutes.input.value)];
    const wrong = outside(amps, this.#range, 'amperes') ?? outside(minutes, MINUTES, 'minutes');
    if (wrong === undefined) await this.#send(commandTopics.chargeNow, `${amps},${minutes * 60}`, 'started');
    else setText(this.#error, `Not started: ${wrong}`);
  }

  async #send(topic: string, payload: string, done: string): Promise<void> {
    setText(this.#error, '');
    const refusal = await post('api/command', { topic, payload });
    if (refusal !== undefined) setText(this.#error, `Not ${done}: ${refusal}`);
  }
}

/** Empty while it does not hold. */
export function describeChargeNow(until: number | undefined): string {
  if (until === undefined) return '';
  return `Charge now holds until ${formatClock(until)}. Until then the limits and switches of single chargers do not count.`;
}

function outside(value: number, { min, max }: Range, what: string): string | undefined {
  if (Number.isInteger(value) && value >= min && value <= max) return undefined;
  return `expected whole ${what} from ${min} to ${max}`;
}

function createField(id: string, label: string, { min, max }: Range) {
  const bounds = { min: String(min), max: String(max), step: '1' };
  const input = h('input', { id, type: 'number', inputmode: 'numeric', ...bounds });
  let proposed = '';
  return {
    element: h('div', { class: 'choice' }, h('label', { for: id }, label), input),
    input,
    /** What is proposed until another number is written. */
    show(value: number | undefined) {
      const text = value === undefined ? '' : String(value);
      if (input.value === proposed) input.value = text;
      proposed = text;
    },
  };
}
