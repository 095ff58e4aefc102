// The energy counter of the meter reply: kWh on most units, Wh on some, and nothing in the frame says which; an additive
// checksum lets a wrong counter through now and then (protocol 3.5). So a counter is believed when two readings agree,
// what can not be is dropped, and what is shown never decreases.

/** `auto`: decide from the counter itself. */
export type EnergyUnit = 'auto' | 'kWh' | 'Wh';

/** A counter and when it was read, ms. */
export interface Reading {
  readonly counter: number;
  readonly at: number;
}

export interface Energy {
  /** The newest reading that was looked at, believed or not. */
  readonly last?: Reading;
  /** The newest believed reading and the unit that was decided for it. */
  readonly believed?: Reading & { readonly unit: 'kWh' | 'Wh' };
  /** Readings in a row that can be true in Wh but not in kWh. */
  readonly signsOfWh: number;
}

export const noEnergy: Energy = { signsOfWh: 0 };

/** No unit has counted 200 000 kWh (protocol 3.5). */
const WH_ABOVE = 200_000;
/** More than a charger can deliver: 80 A at 277 V. */
const MOST_KW = 25;
const SIGNS_ENOUGH = 3;
/** A kWh takes longer than two minutes at the highest power. */
const SOON = 10_000;

/** `now` in milliseconds. */
export function metered(energy: Energy, counter: number, now: number, setting: EnergyUnit): Energy {
  const last = { counter, at: now };
  const { believed } = energy;
  if (!believed) return firstBelieved(energy, last, setting);
  if (follows(believed, last, believed.unit)) return { last, believed: { ...last, unit: believed.unit }, signsOfWh: 0 };
  const couldBeWh = setting === 'auto' && believed.unit === 'kWh' && energy.last && follows(energy.last, last, 'Wh');
  const signsOfWh = couldBeWh && counter > (energy.last?.counter ?? 0) ? energy.signsOfWh + 1 : 0;
  if (signsOfWh < SIGNS_ENOUGH) return { ...energy, last, signsOfWh };
  return { last, believed: { ...last, unit: 'Wh' }, signsOfWh: 0 };
}

/**
 * Two readings that agree are believed. Within seconds a counter of whole kWh ticks once at most, so one that moves from
 * reading to reading counts Wh.
 */
function firstBelieved(energy: Energy, last: Reading, setting: EnergyUnit): Energy {
  const moves = setting === 'auto' && last.counter <= WH_ABOVE && grows(energy.last, last);
  const signsOfWh = moves ? energy.signsOfWh + 1 : 0;
  if (signsOfWh === 1) return { ...energy, last, signsOfWh };
  const unit = setting === 'auto' ? (last.counter > WH_ABOVE || moves ? 'Wh' : 'kWh') : setting;
  if (!energy.last || !follows(energy.last, last, unit)) return { last, signsOfWh };
  return { last, believed: { ...last, unit }, signsOfWh: 0 };
}

/** Whole kWh since manufacture; undefined until two readings agreed. */
export function lifetimeKWh({ believed }: Energy): number | undefined {
  return believed && Math.floor(believed.unit === 'kWh' ? believed.counter : believed.counter / 1_000);
}

/** Whether a counter moves faster than whole kWh can within the seconds between two readings. */
function grows(before: Reading | undefined, after: Reading): boolean {
  return before !== undefined && after.counter > before.counter && after.at - before.at < SOON;
}

/** Whether a counter can have got from one reading to the other. */
export function follows(before: Reading, after: Reading, unit: 'kWh' | 'Wh'): boolean {
  const kWh = (after.counter - before.counter) / (unit === 'kWh' ? 1 : 1_000);
  const hours = (after.at - before.at) / 3_600_000;
  return kWh >= 0 && kWh <= 1 + MOST_KW * hours;
}
