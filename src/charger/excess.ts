// How much more than its limit a charger was seen to draw: its meter reads too high, or its car takes more than it may.
// It is learnt for each limit that it was given, from several answers in a row, and goes slowly when it is not seen again.

import { integer, list, number, object, type TypeOf } from '../schema.ts';

/** Whole amperes of a limit, and how many amperes more were drawn. */
export interface Excess {
  readonly byLimit: ReadonlyMap<number, number>;
  /** The newest draws under the same limit. */
  readonly samples: { readonly limit: number; readonly amps: readonly number[]; readonly at: number };
}

export const noExcess: Excess = { byLimit: new Map(), samples: { limit: 0, amps: [], at: 0 } };

/** One answer may be wrong; what so many have in common is so. */
const SAMPLES = 3;
/** Less is noise, A. */
const SMALL = 0.05;
/** More is no error of a meter: the car ignores its limit. */
const MOST_OF_LIMIT = 0.15;
const MOST_AMPS = 1.5;
/** How fast it goes while the draw is above the limit but less so, and while it is not: A in a millisecond. */
const CORRECTED = 1 / 60_000;
const FORGOTTEN = 0.1 / 60_000;

/** What a charger is expected to draw at most under this limit beyond it, A. */
export function excessAt({ byLimit }: Excess, limit: number): number {
  if (byLimit.size === 0) return 0;
  const known = byLimit.get(limit);
  if (known !== undefined) return known;
  let below: number | undefined;
  let above: number | undefined;
  for (const each of byLimit.keys()) {
    if (each < limit && each > (below ?? 0)) below = each;
    if (each > limit && each < (above ?? Number.POSITIVE_INFINITY)) above = each;
  }
  const lower = below === undefined ? 0 : (byLimit.get(below) ?? 0);
  if (above === undefined) return below === undefined ? 0 : (lower * limit) / below;
  const upper = byLimit.get(above) ?? 0;
  if (below === undefined) return upper;
  // Under a high limit a car may take all that it can, and no excess shows: under a lower one it does.
  return Math.max((lower * limit) / below, lower + ((upper - lower) * (limit - below)) / (above - below));
}

/** The greatest excess that may still be an error of a meter or of a car's regulation, A. */
export function explicableExcess(limit: number): number {
  return Math.max(MOST_AMPS, MOST_OF_LIMIT * limit);
}

/** Older answers say nothing of now, ms. */
const FRESH_FOR = 5_000;

/** What was drawn at least in the last few answers, and the highest limit that was followed in them; undefined when they are too few. */
export function sureDraw(
  { samples }: Excess,
  now: number,
): { readonly amps: number; readonly limit: number } | undefined {
  const isSure = samples.amps.length === SAMPLES && now - samples.at < FRESH_FOR;
  return isSure ? { amps: Math.min(...samples.amps), limit: samples.limit } : undefined;
}

/**
 * What is known after one more answer: `amps` drawn under `limit`, the highest that was in force a short while ago. `holds`:
 * whether it still is; a car that follows a lower one says nothing of what it draws under this.
 */
export function withDraw(excess: Excess, limit: number, amps: number, holds: boolean, now: number): Excess {
  const { samples } = excess;
  const same = samples.limit === limit;
  const newest = same ? [...samples.amps, amps].slice(-SAMPLES) : [amps];
  const next = { ...excess, samples: { limit, amps: newest, at: now } };
  if (newest.length < SAMPLES) return next;
  const expected = excessAt(excess, limit);
  const sure = Math.min(...newest) - limit;
  if (sure > expected + SMALL) return learnt(next, limit, Math.min(sure, explicableExcess(limit)));
  if (expected === 0 || !holds) return next;
  const seen = Math.max(...newest) - limit;
  if (seen >= expected - SMALL) return next;
  const duration = same ? now - samples.at : 0;
  if (seen > 0) return learnt(next, limit, Math.max(seen, expected - CORRECTED * duration));
  return learnt(next, limit, expected - FORGOTTEN * duration);
}

function learnt(excess: Excess, limit: number, amps: number): Excess {
  const byLimit = new Map(excess.byLimit).set(limit, Math.max(0, amps));
  return { ...excess, byLimit: [...byLimit.values()].some((each) => each > SMALL) ? byLimit : noExcess.byLimit };
}

/** What was learnt, as it is saved across restarts. */
export const savedExcess = list(object({ limit: integer(1, 80), amps: number(0, 80 * MOST_OF_LIMIT) }));

type SavedExcess = TypeOf<typeof savedExcess>;

export function fromSavedExcess(saved: SavedExcess = []): Excess {
  return { ...noExcess, byLimit: new Map(saved.map(({ limit, amps }) => [limit, amps])) };
}

/** None when nothing was learnt. */
export function toSavedExcess({ byLimit }: Excess): SavedExcess | undefined {
  if (byLimit.size === 0) return undefined;
  return [...byLimit].map(([limit, amps]) => ({ limit, amps: Math.round(amps * 100) / 100 }));
}

/** A difference that is no reason to save again, A. */
const SAVED_WITHIN = 0.3;

export function sameExcess(some: SavedExcess = [], others: SavedExcess = []): boolean {
  if (some.length !== others.length) return false;
  return some.every(
    ({ limit, amps }, i) => others[i]?.limit === limit && Math.abs(amps - others[i].amps) < SAVED_WITHIN,
  );
}
