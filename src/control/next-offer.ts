// What to offer a charger at this moment, without ever promising more than the circuit has: lower at once, higher only into
// what is left when every other charger is counted with the highest of reported limit, last offer and draw (protocol 8.5).

import type { Charger } from '../charger/charger.ts';
import {
  hasFloor,
  hasLimitOrDraw,
  hasStopped,
  isReserved,
  leastAmps,
  reservedAmps,
  unreadAmps,
  V2_FLOOR,
} from '../charger/commitment.ts';
import type { Fleet } from '../charger/fleet.ts';
import { lastOffer } from '../charger/offer.ts';
import { allocate } from './allocation.ts';
import { costOf, hardCapOf } from './claim.ts';
import { circuitAmps, type Sharing } from './sharing.ts';

/** Between two changes for the same unit, unless safety asks for one (protocol 4.6). */
const CHANGE_EVERY = 5_000;
/** A unit that is there has answered its first heartbeat by then. */
const ANSWERS_SOON = 5_000;
/** What a charger draws that draws too much is known after this time. */
const LEARNT_WITHIN = 15_000;
/** A change in the other direction comes later still, unless an owner asked for it. */
const TURN_EVERY = 20_000;

/** Less is no reason to lower anything: meters flicker, and what is too small to be learnt would come back, A. */
const FLICKER = 0.1;

/** The amps to offer, whole A; undefined for nothing: before its first heartbeat, or as long as it was never offered any. */
export function nextOffer(charger: Charger, sharing: Sharing, now: number): number | undefined {
  if (!charger.heartbeat) return charger.offer?.amps ?? firstOffer(charger, now);
  if (lastOffer(charger) === undefined) return leastOffer(charger, sharing, now);
  const kept = keptOffer(charger, now);
  const target = allocate(sharing, now).get(charger.id) ?? 0;
  const held = heldAmps(charger);
  if (target > held) return whyWait(charger, sharing, now) ? kept : raised(charger, kept, target, sharing, now);
  return mustLower(charger, sharing, now) || mayLower(charger, sharing, now) ? target : kept;
}

/** The amps of the circuit that no other charger may be using. */
export function headroom(charger: Charger, sharing: Sharing, now: number): number {
  return circuitAmps(sharing) - sum(others(charger, sharing.fleet, now), (other) => reservedAmps(other, now));
}

/**
 * Whether it may be spoken to. A unit that was given up and has stopped goes on as soon as it is: others may have its amps by
 * then, and make room first.
 */
export function mayReturn(
  charger: Charger,
  { fleet, limits }: Pick<Sharing, 'fleet' | 'limits'>,
  now: number,
): boolean {
  if (!hasStopped(charger, now)) return true;
  const taken = sum(others(charger, fleet, now), (other) => reservedAmps(other, now));
  return reservedAmps(charger, now) <= limits.maxAmpsForSlaves - taken;
}

/** Why a charger is not raised now, undefined if it may be. */
export function whyWait({ offer, excess }: Charger, { targets, raiseFrom }: Sharing, now: number): string | undefined {
  if (now < raiseFrom) return 'not every charger has been heard yet';
  if (offer && excess.byLimit.size > 0 && now - offer.at < LEARNT_WITHIN) return 'what it draws is being learnt';
  if (offer && now - offer.at < CHANGE_EVERY) return 'its last change is too recent';
  const turns = offer?.lowered && now - offer.lowered.at < TURN_EVERY && targets.since <= offer.lowered.at;
  return turns ? 'it was lowered a short while ago' : undefined;
}

/** The most that fits, if that is worth a change. */
function raised(
  charger: Charger,
  kept: number | undefined,
  target: number,
  sharing: Sharing,
  now: number,
): number | undefined {
  const room = headroom(charger, sharing, now);
  let amps = target;
  while (amps > 0 && costOf(charger, amps, now) > room) amps--;
  return amps >= Math.max(sharing.limits.minAmpsPerTWC, heldAmps(charger)) ? amps : kept;
}

/**
 * A unit that was given up goes on with what it held, which others may have now: it is told the least first (protocol 4.10).
 * So is one that does not answer soon: it may hear us although we do not hear it, and hold whatever an earlier master gave
 * it.
 */
function firstOffer(charger: Charger, now: number): number | undefined {
  const { givenUp, mayHold = 0, calledAt, since } = charger;
  const waits = !givenUp && now - (calledAt ?? since) < ANSWERS_SOON;
  return mayHold === 0 || waits ? undefined : leastAmps(charger);
}

/**
 * What it holds from before cannot be known: it gets its share once it holds nothing more than it needs. One that may hold
 * more is told so whatever the others have: two of them would wait for each other.
 */
function leastOffer(charger: Charger, sharing: Sharing, now: number): number | undefined {
  if (!hasFloor(charger, now)) return 0;
  const lowers = unreadAmps(charger, now) > V2_FLOOR;
  return lowers || headroom(charger, sharing, now) >= V2_FLOOR ? V2_FLOOR : undefined;
}

/** What it has goes on; a version 2 unit that answers 0 A with its lowest is not told 0 A again (protocol 4.9, 10). */
function keptOffer(charger: Charger, now: number): number | undefined {
  const offered = charger.offer?.amps;
  return offered === 0 && hasFloor(charger, now) && hasLimitOrDraw(charger) ? V2_FLOOR : offered;
}

/** A unit that waits to be spoken to again takes nothing yet: room for it is made without haste. */
function mustLower(charger: Charger, sharing: Sharing, now: number): boolean {
  const taking = others(charger, sharing.fleet, now).filter((other) => !hasStopped(other, now));
  const taken = sum([charger, ...taking], (one) => reservedAmps(one, now));
  return taken > circuitAmps(sharing) + FLICKER || heldAmps(charger) > hardCapOf(charger, sharing.limits);
}

function mayLower({ offer }: Charger, { targets }: Sharing, now: number): boolean {
  if (!offer) return true;
  if (now - offer.at < CHANGE_EVERY) return false;
  return offer.raisedAt === undefined || now - offer.raisedAt >= TURN_EVERY || targets.since > offer.raisedAt;
}

function heldAmps({ heartbeat, offer }: Charger): number {
  return Math.max(heartbeat?.limitAmps ?? 0, offer?.amps ?? 0);
}

function others(charger: Charger, fleet: Fleet, now: number): Charger[] {
  return [...fleet.values()].filter((other) => other.id !== charger.id && isReserved(other, now));
}

function sum(chargers: readonly Charger[], amps: (charger: Charger) => number): number {
  return chargers.reduce((total, charger) => total + amps(charger), 0);
}
