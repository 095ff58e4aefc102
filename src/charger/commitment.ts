// The amps of the circuit that a charger may be using, and for how long: what the invariant adds up (protocol 8.5).

import { isState } from '../protocol/states.ts';
import { actualAmps, CHARGING_FROM, type Charger, FOLLOWS_WITHIN } from './charger.ts';
import { hasSeenCar, showsNoCar } from './plug.ts';

/** A version 2 unit that has a limit cannot be stopped by offering 0 A: it falls back to this (protocol 4.9). */
export const V2_FLOOR = 6;

/** A unit stops its car at the latest so long after the last heartbeat that it got (protocol 4.10, 8.5). */
export const RESERVED_FOR = 40_000;

/** The highest of what it reports, was last sent, may still hold and draws, A. */
export function committedAmps(charger: Charger, now: number): number {
  const { heartbeat, offer } = charger;
  const limit = Math.max(heartbeat?.limitAmps ?? 0, offer?.amps ?? 0, unreadAmps(charger, now));
  return Math.max(limit, drawnAmps(charger), goesOnTo(charger, now));
}

/** Units without a load report up to 0.25 A: that is no draw (protocol 3.4). */
const NO_LOAD = 0.25;

function drawnAmps(charger: Charger): number {
  const amps = actualAmps(charger) ?? 0;
  return amps <= NO_LOAD ? 0 : amps;
}

/** The least that a unit can be told to take, A: one of version 1 can be stopped. */
export function leastAmps({ version }: Charger): number {
  return version === 1 ? 0 : V2_FLOOR;
}

/**
 * What it may hold that its own answers have not told, A. A unit that was given up has stopped its car by then, and every
 * word to it until it answers says the least: it goes on with no more (protocol 4.10).
 */
export function unreadAmps(charger: Charger, now: number): number {
  const { mayHold = 0 } = charger;
  return hasStopped(charger, now) || isNoise(charger, now) ? Math.min(mayHold, leastAmps(charger)) : mayHold;
}

/** It was heard once only, and told the least since: noise that looked like a frame, or a unit that hears us and is not heard. */
export function isNoise({ confirmed, heardAt, since }: Charger, now: number): boolean {
  return !confirmed && now - (heardAt ?? since) >= CONFIRMED_WITHIN;
}

/** It was given up so long ago that it has stopped its car: it takes nothing before it is spoken to again. */
export function hasStopped({ givenUp, heartbeatSentAt }: Charger, now: number): boolean {
  return givenUp && now - (heartbeatSentAt ?? NEVER) >= RESERVED_FOR;
}

/** A car that was taking more and more when its limit was lowered goes on for a while before it follows (protocol 4.6). */
function goesOnTo({ online, offer, draw, heartbeat }: Charger, now: number): number {
  const lowered = online ? offer?.lowered : undefined;
  if (!lowered || now - lowered.at >= FOLLOWS_WITHIN) return 0;
  if (draw.roseAt === undefined || !heartbeat) return 0;
  return heartbeat.at - draw.roseAt < RISES_FOR ? lowered.from : 0;
}

/** A draw that was heard and has not risen for this long does not go on rising, ms. Lost answers tell nothing. */
const RISES_FOR = 4_000;

/** The amps of the circuit that a charger may be using or may start to use without being asked. */
export function reservedAmps(charger: Charger, now: number): number {
  return hasFloor(charger, now) ? Math.max(committedAmps(charger, now), V2_FLOOR) : committedAmps(charger, now);
}

/**
 * Whether it takes 6 A without being offered any: a version 2 unit with a car, or of which nothing is known yet. One whose
 * car waits for its first amps holds nothing and takes nothing, and neither does one that held nothing when it was heard last.
 */
export function hasFloor(charger: Charger, now: number): boolean {
  const { version, heartbeat } = charger;
  if (version === 1) return false;
  if (!heartbeat) return charger.mayHold !== 0 || hasSeenCar(charger, now);
  if (hasLimitOrDraw(charger)) return true;
  return showsNoCar(heartbeat) ? hasSeenCar(charger, now) : !asksForAmps(charger);
}

/** A unit with a car that waits for its first amps: it reports no limit and does not draw. One that may not charge may only sleep. */
export function asksForAmps(charger: Charger): boolean {
  const { heartbeat, offer } = charger;
  if (!heartbeat || hasLimitOrDraw(charger)) return false;
  return (offer?.amps ?? 0) === 0 && !showsNoCar(heartbeat) && !isState(heartbeat, 'doNotCharge');
}

/** It has a limit in force or draws: a car may be charging. */
export function hasLimitOrDraw(charger: Charger): boolean {
  return (charger.heartbeat?.limitAmps ?? 0) > 0 || (actualAmps(charger) ?? 0) >= CHARGING_FROM;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** A unit heard once only is spoken to for this long; without a master it says hello every 10 s. */
export const CONFIRMED_WITHIN = 12_000;

/** Until when its amps are not free for others. */
export function reservedUntil({ confirmed, heardAt, heartbeatSentAt, calledAt, since }: Charger): number {
  if (!confirmed && heartbeatSentAt === undefined) return (heardAt ?? since) + CONFIRMED_WITHIN;
  const last = Math.max(heardAt ?? NEVER, heartbeatSentAt ?? NEVER, calledAt ?? NEVER);
  return (last === NEVER ? since : last) + RESERVED_FOR;
}

/** Whether a charger has a part in the circuit. */
export function isReserved(charger: Charger, now: number): boolean {
  return now < reservedUntil(charger);
}
