// When measured values are told at once: a car begins or ends to charge, takes much more or less, or the charger is gone.

import { actualAmps, type Charger, isCharging } from '../charger/charger.ts';
import { loadWatts } from '../charger/load.ts';

/** A step of the current (A) and of the load (W, the same on one phase) that people want to know at once. */
const AMPS_STEP = 2;
const WATTS_STEP = 460;

interface Span {
  readonly low: number;
  readonly high: number;
}

/** Everything between the lowest and the highest since the last edge may be what is shown. */
export class Edge {
  #online = false;
  #charging = false;
  #amps: Span = at(0);
  #watts: Span = at(0);

  /** Whether the charger has passed an edge since the last one. */
  passed(charger: Charger): boolean {
    const charging = isCharging(charger);
    const amps = actualAmps(charger) ?? 0;
    const watts = loadWatts(charger) ?? 0;
    this.#amps = widened(this.#amps, amps);
    this.#watts = widened(this.#watts, watts);
    const steps = width(this.#amps) >= AMPS_STEP || width(this.#watts) >= WATTS_STEP;
    if (!steps && charger.online === this.#online && charging === this.#charging) return false;
    this.#online = charger.online;
    this.#charging = charging;
    this.#amps = at(amps);
    this.#watts = at(watts);
    return true;
  }
}

function at(value: number): Span {
  return { low: value, high: value };
}

function widened(span: Span, value: number): Span {
  if (value >= span.low && value <= span.high) return span;
  return { low: Math.min(span.low, value), high: Math.max(span.high, value) };
}

function width({ low, high }: Span): number {
  return high - low;
}
