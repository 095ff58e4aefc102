// How the amps of the circuit are divided by demand, and what may be offered at this moment without ever promising more
// than the circuit has.

import { actualAmps, type Charger, silence } from '../charger/charger.ts';
import { overdraws, refusesLimit, unusedFor } from '../charger/draw.ts';
import { type Fleet, RESERVED_FOR } from '../charger/fleet.ts';
import { lastOffer } from '../charger/offer.ts';
import type { TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';
import type { Limits } from './limits.ts';
import type { Target, Targets } from './targets.ts';

/** A version 2 unit that has a limit can not be stopped by offering 0 A: it falls back to this (protocol 4.9). */
export const V2_FLOOR = 6;
/** A draw so little over the limit is the car settling, not a draw of its own (protocol 8.5). */
const SETTLED_WITHIN = 0.5;
/** Between two changes for the same unit, unless safety asks for one (protocol 4.6). */
const CHANGE_EVERY = 5_000;
/** A car that leaves amps unused for this long is given a little more than it takes, and others get the rest. */
const UNUSED_AFTER = 30_000;
const MARGIN = 2;
/** When there is not enough for everybody's minimum, the order changes this often (protocol 8.5). */
const ROTATE_EVERY = 15 * 60_000;

/** Who gets amps first: who can not be stopped, who has a car that wants, who may have a sleeping car. */
type Rank = 'held' | 'wants' | 'idle' | 'off';

interface Claim {
  readonly charger: Charger;
  readonly rank: Rank;
  /** The most that it may have, whole A. */
  readonly cap: number;
  /** The most that it can use as far as is known, whole A. */
  readonly most: number;
}

/** What each counted charger is to have, whole A. */
export function allocate(fleet: Fleet, limits: Limits, wishes: Targets, now: number): ReadonlyMap<TwcId, number> {
  const counted = [...fleet.values()].filter((charger) => isReserved(charger, now));
  const alarm = counted.some((charger) => overdraws(charger, now));
  const claims = rotated(counted, now).map((charger) => claim(charger, wishes.of(charger.id), limits, alarm, now));
  const given = new Map<TwcId, number>(counted.map(({ id }) => [id, 0]));
  let left = wishes.circuit;
  const give = ({ charger: { id } }: Claim, amps: number) => {
    given.set(id, (given.get(id) ?? 0) + amps);
    left -= amps;
  };
  // What can not be stopped has its floor, whether the circuit has it or not.
  for (const one of claims.filter(({ rank }) => rank === 'held')) give(one, V2_FLOOR);
  const least = limits.minAmpsPerTWC;
  for (const rank of ['held', 'wants'] as const) {
    for (const one of claims.filter((candidate) => candidate.rank === rank && candidate.most >= least)) {
      const missing = least - (given.get(one.charger.id) ?? 0);
      if (missing > 0 && missing <= left) give(one, missing);
    }
  }
  const has = ({ charger: { id } }: Claim) => given.get(id) ?? 0;
  /** Ampere by ampere to whoever has least, so that nobody gets more while another could use it. */
  const fill = (bound: (one: Claim) => number) => {
    while (left >= 1) {
      const open = claims.filter((one) => has(one) >= least && has(one) < bound(one));
      const [poorest] = open.sort((a, b) => has(a) - has(b));
      if (!poorest) return;
      give(poorest, 1);
    }
  };
  fill(({ most }) => most);
  for (const one of claims.filter(({ rank, most }) => rank === 'idle' && most >= least)) {
    if (left >= least) give(one, least);
  }
  // What nobody else can use goes to those who do not seem to need it.
  fill(({ cap, most }) => (most > 0 && !alarm ? cap : most));
  return given;
}

function claim(charger: Charger, wish: Target, limits: Limits, alarm: boolean, now: number): Claim {
  const { heartbeat, ratedAmps = Number.POSITIVE_INFINITY } = charger;
  const least = limits.minAmpsPerTWC;
  const cap = Math.floor(Math.min(wish.limit, limits.maxAmpsPerTWC, ratedAmps));
  const floor = charger.version !== 1 && hasLimitOrDraw(charger);
  if (!wish.enabled || cap < least) return { charger, rank: floor ? 'held' : 'off', cap: 0, most: 0 };
  const content = unusedFor(charger, now) >= UNUSED_AFTER;
  const most = Math.min(cap, alarm ? least : content ? Math.max(least, withMargin(charger)) : cap);
  if (floor) return { charger, rank: 'held', cap, most };
  const asleep = isState(heartbeat, 'ready') || (isState(heartbeat, 'doNotCharge') && content);
  const idle = asleep && (actualAmps(charger) ?? 0) < 1;
  return { charger, rank: idle ? 'idle' : 'wants', cap, most };
}

/** A little more than it takes; what it has, if that is about as much, so that the limit does not follow every flicker. */
function withMargin(charger: Charger): number {
  const used = actualAmps(charger) ?? 0;
  const has = charger.offer?.amps ?? 0;
  return has >= used + MARGIN - 1 && has <= used + 2 * MARGIN ? has : Math.ceil(used) + MARGIN;
}

/**
 * What to offer a charger now, whole A; undefined for nothing new: before its first heartbeat, or while the amps that it
 * is to have are still held by others. Lower is always possible; higher only into what is left of the circuit when
 * everybody else is counted with the highest of reported limit, last order and draw (protocol 8.5). `raiseFrom`: the time
 * before which nothing is raised, because not everybody has been heard yet.
 */
export function nextOffer(
  charger: Charger,
  fleet: Fleet,
  limits: Limits,
  wishes: Targets,
  raiseFrom: number,
  now: number,
): number | undefined {
  const target = allocate(fleet, limits, wishes, now).get(charger.id);
  // A unit that was away for so long that its amps were given to others starts with none.
  if (target === undefined) return 0;
  if (!charger.heartbeat) return undefined;
  // Nobody knows what it holds from before: it gets its share once it holds nothing.
  if (lastOffer(charger) === undefined) return 0;
  const before = charger.offer?.amps;
  const held = Math.max(charger.heartbeat.limitAmps, before ?? 0);
  const tooSoon = now - (charger.offer?.at ?? Number.NEGATIVE_INFINITY) < CHANGE_EVERY;
  const counted = [...fleet.values()].filter((other) => isReserved(other, now));
  const sum = counted.reduce((amps, other) => amps + reservedAmps(other), 0);
  const over = sum > wishes.circuit || held > limits.maxAmpsPerTWC;
  if (target <= held) {
    const unchanged = target === before || (tooSoon && !over);
    return unchanged ? before : target;
  }
  const unread = counted.some((other) => !other.heartbeat || lastOffer(other) === undefined);
  if (unread || tooSoon || now < raiseFrom) return before;
  const left = Math.min(wishes.circuit, limits.maxAmpsForSlaves) - sum + reservedAmps(charger);
  const possible = Math.min(target, Math.floor(left));
  if (possible >= Math.max(limits.minAmpsPerTWC, held)) return possible;
  // Units that wait for their first amps keep those of the others, but not all of them for ever.
  const waiting = counted.reduce(
    (amps, other) => (other === charger ? amps : amps + reservedAmps(other) - committedAmps(other)),
    0,
  );
  const first = limits.minAmpsPerTWC;
  return held === 0 && target >= first && left + waiting >= first ? first : before;
}

/** The amps of the circuit that a charger may be using or may start to use without being asked. */
export function reservedAmps(charger: Charger): number {
  const mayDraw = charger.version !== 1 && (!isState(charger.heartbeat, 'ready') || hasLimitOrDraw(charger));
  return mayDraw ? Math.max(committedAmps(charger), V2_FLOOR) : committedAmps(charger);
}

/**
 * The highest of what it reports, was last told, may still hold and draws. A unit without a car reports 0 A whatever it
 * holds, so an order that was lost on the way shows only in that nobody answered it.
 */
function committedAmps(charger: Charger): number {
  const { amps = 0, mayHold: before = 0 } = charger.offer ?? {};
  const limit = Math.max(charger.heartbeat?.limitAmps ?? 0, amps, before);
  const draw = actualAmps(charger) ?? 0;
  return draw <= limit + SETTLED_WITHIN ? limit : draw;
}

/** What orders on the bus can not put right, in words. */
export function allocationProblems(fleet: Fleet, wishes: Targets, now: number): string[] {
  const counted = [...fleet.values()].filter((charger) => isReserved(charger, now));
  const version2 = counted.filter(({ heartbeat, version }) => heartbeat && version !== 1);
  const inUse = version2.filter(hasLimitOrDraw).length * V2_FLOOR;
  const needed =
    version2.filter((charger) => hasLimitOrDraw(charger) || !isState(charger.heartbeat, 'ready')).length * V2_FLOOR;
  const circuit = `The circuit of ${wishes.circuit} A is too small`;
  return [
    ...(inUse > wishes.circuit ? [`${circuit}: cars take ${inUse} A that can not be stopped over the bus`] : []),
    ...(inUse <= wishes.circuit && needed > wishes.circuit
      ? [`${circuit} for all cars, which need ${needed} A: one waits`]
      : []),
    ...counted.filter((one) => overdraws(one, now)).map(({ id }) => `${id} draws more than it may, all are lowered`),
    ...counted.filter((one) => refusesLimit(one, now)).map(({ id }) => `${id} does not follow its limit`),
  ];
}

/** It has a limit in force or draws: a car may be charging. */
function hasLimitOrDraw(charger: Charger): boolean {
  return (charger.heartbeat?.limitAmps ?? 0) > 0 || (actualAmps(charger) ?? 0) >= 1;
}

/** Whether a charger has a part in the circuit: it was heard a short while ago, or may still wake up after a restart. */
function isReserved(charger: Charger, now: number): boolean {
  return silence(charger, now) < RESERVED_FOR;
}

function rotated(chargers: readonly Charger[], now: number): readonly Charger[] {
  const first = Math.floor(now / ROTATE_EVERY) % Math.max(1, chargers.length);
  return [...chargers.slice(first), ...chargers.slice(0, first)];
}
