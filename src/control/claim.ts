// What a charger can be given, and how urgently: what the allocation divides by.

import { actualAmps, CHARGING_FROM, type Charger, hardwareAmps } from '../charger/charger.ts';
import { hasFloor, reservedAmps, unreadAmps, V2_FLOOR } from '../charger/commitment.ts';
import { ignoresLimit, unusedFor } from '../charger/draw.ts';
import { excessAt } from '../charger/excess.ts';
import { showsNoCar } from '../charger/plug.ts';
import { isState } from '../protocol/states.ts';
import type { Limits } from './limits.ts';
import type { Target } from './targets.ts';

/**
 * Which chargers get amps first. `fixed`: not heard, but its amps are not free. `held`: takes 6 A whatever it is offered.
 * `wants`: has a car that asks. `rests`: its car did not use what it had. `idle`: no car is known to be there. `off`: may
 * not charge, or cannot.
 */
type Rank = 'fixed' | 'held' | 'wants' | 'rests' | 'idle' | 'off';

export interface Claim {
  readonly charger: Charger;
  readonly rank: Rank;
  /** Amps of the circuit that are gone before anything is divided. */
  readonly floor: number;
  /** The most that it may have, whole A. */
  readonly cap: number;
  /** The most that it can use as far as is known, whole A. */
  readonly most: number;
  /** Whether its car rests, or leaves amps unused without drawing: it gets nothing beyond that. */
  readonly resting: boolean;
}

/** A car that leaves amps unused for this long is given a little more than it takes, and others get the rest. */
const UNUSED_AFTER = 30_000;
const MARGIN = 2;

export function claimOf(charger: Charger, target: Target, limits: Limits, now: number): Claim {
  const none = { charger, floor: 0, cap: 0, most: 0, resting: true };
  if (!charger.heartbeat) return { ...none, rank: 'fixed', floor: unreadFloor(charger, now) };
  const floor = hasFloor(charger, now) ? costOf(charger, V2_FLOOR, now) : 0;
  const least = limits.minAmpsPerTWC;
  const allowed = capOf(charger, target, limits);
  const cap = ignoresLimit(charger, now) ? Math.min(allowed, least) : allowed;
  if (!target.enabled || cap < least) return { ...none, rank: floor > 0 ? 'held' : 'off', floor };
  const rank = floor > 0 ? 'held' : rankOf(charger, now);
  const most = Math.min(cap, mostOf(charger, rank, cap, least, now));
  return { charger, rank, floor, cap, most, resting: isContent(charger, now) && !draws(charger) && rank !== 'idle' };
}

/** What an offer takes from the circuit, A: with what its car was seen to draw beyond its limit. */
export function costOf(charger: Charger, amps: number, now: number): number {
  if (amps === 0) return 0;
  const cost = amps + excessAt(charger.excess, amps);
  return ignoresLimit(charger, now) ? Math.max(cost, actualAmps(charger) ?? 0) : cost;
}

/** The most that its hardware, its wiring and its owner allow it, whole A. */
export function hardCapOf(charger: Charger, limits: Limits): number {
  const { maxAmps = limits.maxAmpsPerTWC } = charger.settings;
  return Math.floor(Math.min(limits.maxAmpsPerTWC, maxAmps, hardwareAmps(charger)));
}

/** The same with what was set for it, and lower where its car draws more than its limit. */
function capOf(charger: Charger, target: Target, limits: Limits): number {
  const allowed = Math.floor(Math.min(target.limit, hardCapOf(charger, limits)));
  let cap = allowed;
  while (cap > limits.minAmpsPerTWC && cap + excessAt(charger.excess, cap) > allowed) cap--;
  return cap;
}

/**
 * A unit that is not heard keeps what it may hold. One that has its first chance, or was just met, is not known to hold
 * anything: nothing is raised before it has answered, but what others have is not taken from them.
 */
function unreadFloor(charger: Charger, now: number): number {
  const unknown = unreadAmps(charger, now) >= hardwareAmps(charger);
  return unknown ? (hasFloor(charger, now) ? V2_FLOOR : 0) : reservedAmps(charger, now);
}

function rankOf(charger: Charger, now: number): Rank {
  if (draws(charger)) return 'wants';
  if (isState(charger.heartbeat, 'ready') || isAsleep(charger)) return 'idle';
  return isState(charger.heartbeat, 'doNotCharge') && isContent(charger, now) ? 'rests' : 'wants';
}

function mostOf(charger: Charger, rank: Rank, cap: number, least: number, now: number): number {
  if (rank === 'held' && isAsleep(charger)) return V2_FLOOR;
  return isContent(charger, now) ? Math.max(least, withMargin(charger)) : cap;
}

function isAsleep(charger: Charger): boolean {
  return !draws(charger) && charger.heartbeat !== undefined && showsNoCar(charger.heartbeat);
}

function draws(charger: Charger): boolean {
  return (actualAmps(charger) ?? 0) >= CHARGING_FROM;
}

function isContent(charger: Charger, now: number): boolean {
  return unusedFor(charger, now) >= UNUSED_AFTER;
}

/** A little more than it takes; what it has, if that is about as much, so that the limit does not follow every flicker. */
function withMargin(charger: Charger): number {
  const used = actualAmps(charger) ?? 0;
  const has = charger.offer?.amps ?? 0;
  return has >= used + MARGIN - 1 && has <= used + 2 * MARGIN ? has : Math.ceil(used) + MARGIN;
}
