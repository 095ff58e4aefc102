// How the amps of the circuit are divided, and what may be offered at this moment without ever promising more than that.

import type { TwcId } from '../protocol/field.ts';
import { actualAmps, type Charger, silence } from './charger.ts';
import { type Fleet, RESERVED_FOR } from './fleet.ts';

/** Whole amperes. */
export interface Limits {
  /** Of the circuit that all chargers share. */
  readonly maxAmpsForSlaves: number;
  /** Of the wiring of one charger. */
  readonly maxAmpsPerTWC: number;
  /** Below this a car is not charged. */
  readonly minAmpsPerTWC: number;
}

/** A version 2 unit can not be stopped by offering 0 A: it falls back to this (protocol 4.9). */
const V2_FLOOR = 6;
/** A draw so little over the limit is the car settling, not a draw of its own (protocol 8.5). */
const SETTLED_WITHIN = 0.5;
/** Between two raises of the same unit (protocol 4.6). */
const RAISE_EVERY = 5_000;

/** What each counted charger is to have: an equal part, and nothing for the last in order while parts are below the minimum. */
export function shares(fleet: Fleet, limits: Limits, now: number): ReadonlyMap<TwcId, number> {
  const counted = [...fleet.values()].filter((charger) => counts(charger, now));
  let served = counted.length;
  while (served > 0 && Math.floor(limits.maxAmpsForSlaves / served) < limits.minAmpsPerTWC) served--;
  const part = Math.floor(limits.maxAmpsForSlaves / served);
  return new Map(counted.map((charger, i) => [charger.id, i < served ? bounded(charger, part, limits) : 0]));
}

/**
 * What to offer a charger now, whole A; undefined while nothing can be said: before its first heartbeat, or while the
 * amps that it is to have are still held by others. Lower is always allowed at once; higher only into what is left of
 * the circuit when everyone else is counted with the highest of reported limit, last order and draw (protocol 8.5).
 * `raiseFrom`: the time before which nothing is raised, because not everybody has been heard yet.
 */
export function offer(
  charger: Charger,
  fleet: Fleet,
  limits: Limits,
  raiseFrom: number,
  now: number,
): number | undefined {
  const target = shares(fleet, limits, now).get(charger.id);
  if (target === undefined || !charger.heartbeat) return undefined;
  const held = Math.max(charger.heartbeat.limitAmps, charger.offer?.amps ?? 0);
  if (target <= held) return target;
  const others = [...fleet.values()].filter((other) => other.id !== charger.id && counts(other, now));
  const unread = others.some((other) => !other.heartbeat);
  const tooSoon = now < raiseFrom || now - (charger.offer?.at ?? Number.NEGATIVE_INFINITY) < RAISE_EVERY;
  if (unread || tooSoon) return charger.offer?.amps;
  const left = others.reduce((amps, other) => amps - reserved(other), limits.maxAmpsForSlaves);
  const possible = Math.min(target, Math.floor(left));
  return possible >= Math.max(limits.minAmpsPerTWC, held) ? possible : charger.offer?.amps;
}

/** The amps of the circuit that a charger may be using or may start to use without being asked. */
export function reserved(charger: Charger): number {
  const limit = Math.max(charger.heartbeat?.limitAmps ?? 0, charger.offer?.amps ?? 0);
  const draw = actualAmps(charger) ?? 0;
  const used = draw <= limit + SETTLED_WITHIN ? limit : draw;
  const mayDraw = charger.version !== 1 && (charger.heartbeat?.state !== 0 || limit > 0);
  return mayDraw ? Math.max(used, V2_FLOOR) : used;
}

/** Whether a charger has a part in the circuit: it was heard a short while ago, or may still wake up after a restart. */
function counts(charger: Charger, now: number): boolean {
  return silence(charger, now) < RESERVED_FOR;
}

function bounded({ ratedAmps = Number.POSITIVE_INFINITY }: Charger, part: number, limits: Limits): number {
  const amps = Math.floor(Math.min(part, limits.maxAmpsPerTWC, ratedAmps));
  return amps >= limits.minAmpsPerTWC ? amps : 0;
}
