// The energy of a charger: its counter, which is right and coarse, continued by power times time, which is fine and drifts.
//
// The counter counts kWh on most units and Wh on some, and nothing in the frame says which; an additive checksum lets a
// wrong counter through now and then (protocol 3.5). It may go back, start at 0, change its unit, or belong to another unit
// that took the place. So a counter is believed when readings agree, and whatever it does the energy never goes back and
// never jumps by more than the charger can have delivered since the counter was last believed.

/** `auto`: decide from the counter itself. */
export type EnergyUnit = 'auto' | 'kWh' | 'Wh';

/** A counter and when it was read, ms. */
interface Reading {
  readonly counter: number;
  readonly at: number;
}

export interface Believed extends Reading {
  readonly unit: 'kWh' | 'Wh';
  /** Whether it has moved since it was first believed: before, how far the next whole kWh is away is not known. */
  readonly moved: boolean;
  /** When it moved last, or was first believed, ms. */
  readonly movedAt: number;
}

export interface Energy {
  /** The newest reading, believed or not. */
  readonly last?: Reading;
  /** How many readings in a row agree with each other and not with the believed counter. */
  readonly agreeing: number;
  /** How many of those show a counter that moves faster than whole kWh can. */
  readonly fast: number;
  readonly believed?: Believed;
  /** kWh since this process came to know the charger; never goes back. */
  readonly total: number;
  /** What `total` was when the counter last moved, kWh. */
  readonly atStep: number;
  /** kWh by power since then. */
  readonly sinceStep: number;
  /** How much of `total` the counter has counted, kWh. */
  readonly counted: number;
  /** The lifetime energy that lies before `total`, kWh; undefined until a counter is believed or power is assumed. */
  readonly base?: number;
  /** The lifetime energy when this installation first knew it, kWh. */
  readonly origin?: number;
  /** What the counter's own whole kWh must be raised by so that the published number continues. */
  readonly lifetimeOffset: number;
  /** The power that was last seen, W, and when. */
  readonly power?: { readonly watts: number; readonly at: number };
  /** The last time that another counter was taken for the believed one. */
  readonly replaced?: { readonly from: number; readonly to: number; readonly at: number };
  /** What is published and saved: refreshed now and then, so that each published step can be saved. */
  readonly snapshot?: Snapshot;
}

/** The energy at a moment, as it is published and saved. */
interface Snapshot {
  /** Lifetime energy, kWh. */
  readonly kWh: number;
  /** Lifetime energy when this installation first knew it, kWh. */
  readonly origin: number;
  /** The same as `total` of that moment. */
  readonly total: number;
  readonly counted: number;
  /** How far it is ahead of the counter: by power since the counter's last step, kWh. */
  readonly ahead: number;
  /** Whole kWh as the counter says it, continued over other counters; undefined without a counter. */
  readonly lifetimeKWh?: number;
  readonly counter?: Pick<Believed, 'counter' | 'unit' | 'moved'>;
  readonly at: number;
}

export const noEnergy: Energy = {
  agreeing: 0,
  fast: 0,
  total: 0,
  atStep: 0,
  sinceStep: 0,
  counted: 0,
  lifetimeOffset: 0,
};

/** No unit has counted 200 000 kWh (protocol 3.5). */
const WH_ABOVE = 200_000;
/** More than a charger can deliver: 80 A at 277 V. */
const MOST_KW = 25;
/** A kWh takes longer than two minutes at the highest power. */
const SOON = 10_000;
/** So many readings in a row are believed when no counter is, and when another one is. */
const FIRST_AGREEING = 2;
const OTHER_AGREEING = 5;
/** So many fast readings show a counter of Wh. */
const FAST_ENOUGH = 2;
const HOUR = 3_600_000;
const WATT_MILLISECONDS = 3.6e9;
/** Across a longer silence the power is not known, ms. */
const UNSEEN_AT_MOST = 26_000;

/** The energy after a reading of the counter. `now` in milliseconds. */
export function withCounter(energy: Energy, counter: number, now: number, setting: EnergyUnit): Energy {
  const last = { counter, at: now };
  const { believed } = energy;
  if (believed && follows(believed, last)) return { ...moved(energy, believed, last), last, agreeing: 0, fast: 0 };
  const agrees = energy.last !== undefined && canFollow(energy.last, last);
  const agreeing = agrees ? energy.agreeing + 1 : 1;
  const fast = agrees ? energy.fast + (isFast(energy.last, last) ? 1 : 0) : 0;
  const next = { ...energy, last, agreeing, fast };
  const undecided = setting === 'auto' && fast > 0 && fast < FAST_ENOUGH && counter <= WH_ABOVE;
  if (agreeing < (believed ? OTHER_AGREEING : FIRST_AGREEING) || undecided) return next;
  return withBelieved(next, last, unitOf(next, counter, setting));
}

/** The energy after the power was seen at the moment `now`, W; undefined when it is not known, which changes nothing. */
export function withPower(energy: Energy, watts: number | undefined, now: number): Energy {
  const { power } = energy;
  const seen = { watts: watts ?? power?.watts ?? 0, at: now };
  const milliseconds = power ? Math.min(now - power.at, UNSEEN_AT_MOST) : 0;
  const kWh = (((power?.watts ?? 0) + seen.watts) / 2) * (milliseconds / WATT_MILLISECONDS);
  if (kWh === 0) return { ...energy, power: seen };
  const sinceStep = energy.sinceStep + kWh;
  return { ...energy, power: seen, sinceStep, total: Math.max(energy.total, energy.atStep + sinceStep) };
}

/** The energy of a unit without a meter, whose power follows from what its owner says. */
export function withoutCounter(energy: Energy): Energy {
  return energy.base === undefined ? { ...energy, base: 0 } : energy;
}

/** A counter came that is not believed yet: it is worth asking again soon. */
export function isCounterDoubtful({ last, agreeing }: Energy): boolean {
  return last !== undefined && agreeing > 0;
}

/** The energy after the believed counter was read again. */
function moved(energy: Energy, believed: Believed, { counter, at }: Reading): Energy {
  const steps = (counter - believed.counter) / (believed.unit === 'kWh' ? 1 : 1_000);
  const next = { ...believed, counter, at };
  // As long as a counter of whole kWh does not move, no more than one can have been drawn.
  if (steps === 0 && believed.unit === 'kWh') {
    return { ...energy, believed: next, sinceStep: Math.min(1, energy.sinceStep) };
  }
  const drawn = believed.moved || believed.unit === 'Wh' ? steps : firstSteps(steps, energy.sinceStep);
  const atStep = energy.atStep + drawn;
  return {
    ...energy,
    believed: { ...next, moved: true, movedAt: at },
    atStep,
    sinceStep: 0,
    counted: energy.counted + steps,
    total: Math.max(energy.total, atStep),
  };
}

/** How far the first step was away is not known: power tells, within that one step. */
function firstSteps(steps: number, sinceStep: number): number {
  return steps - 1 + Math.min(1, Math.max(0, sinceStep - (steps - 1)));
}

/** The energy with a counter that was not believed before: the totals continue where they are. */
function withBelieved(energy: Energy, { counter, at }: Reading, unit: 'kWh' | 'Wh'): Energy {
  const believed: Believed = { counter, at, unit, moved: false, movedAt: at };
  const kWh = unit === 'kWh' ? counter : counter / 1_000;
  const before = lifetimeOf(energy);
  const from = energy.believed?.counter;
  return {
    ...energy,
    believed,
    agreeing: 0,
    fast: 0,
    atStep: energy.total,
    sinceStep: 0,
    base: energy.base ?? kWh - energy.total,
    lifetimeOffset: before === undefined ? 0 : before - wholeKWh(believed),
    ...(from !== undefined && { replaced: { from, to: counter, at } }),
  };
}

function unitOf({ fast }: Energy, counter: number, setting: EnergyUnit): 'kWh' | 'Wh' {
  if (setting !== 'auto') return setting;
  return counter > WH_ABOVE || fast >= FAST_ENOUGH ? 'Wh' : 'kWh';
}

/** Whole kWh by the counter, continued over other counters; undefined without one. */
export function lifetimeOf({ believed, lifetimeOffset }: Energy): number | undefined {
  return believed && wholeKWh(believed) + lifetimeOffset;
}

export function wholeKWh({ counter, unit }: Pick<Believed, 'counter' | 'unit'>): number {
  return Math.floor(unit === 'kWh' ? counter : counter / 1_000);
}

/** Whether the believed counter can have got to this reading. Two whole kWh are minutes apart, the first may be near. */
function follows(believed: Believed, { counter, at }: Reading): boolean {
  const kWh = (counter - believed.counter) / (believed.unit === 'kWh' ? 1 : 1_000);
  const near = believed.moved && believed.unit === 'kWh' ? 0 : 1;
  return kWh >= 0 && kWh <= near + (MOST_KW * (at - believed.movedAt)) / HOUR;
}

/** Whether one counter can have got from one reading to the other, whatever its unit. */
function canFollow(before: Reading, after: Reading): boolean {
  const steps = after.counter - before.counter;
  return steps >= 0 && steps <= 1 + (1_000 * MOST_KW * (after.at - before.at)) / HOUR;
}

/** Whether a counter moves faster than whole kWh can within the seconds between two readings. */
function isFast(before: Reading | undefined, after: Reading): boolean {
  return before !== undefined && after.counter > before.counter && after.at - before.at < SOON;
}
