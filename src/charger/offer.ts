// What a charger was offered, and what it may hold until it has answered.

import { isState } from '../protocol/states.ts';
import { type Charger, FOLLOWS_WITHIN, type Heartbeat, type Offer } from './charger.ts';
import { unreadAmps } from './commitment.ts';
import { showsNoCar } from './plug.ts';

/** The charger after a master sent it a limit. */
export function withOffer(charger: Charger, amps: number, now: number): Charger {
  const { offer } = charger;
  if (offer?.amps === amps) return { ...charger, offer: { ...offer, sentAt: now } };
  const before = lastOffer(charger);
  return {
    ...charger,
    offer: { amps, at: now, sentAt: now, ...turn(offer, before, amps, now) },
    mayHold: Math.max(before ?? 0, unreadAmps(charger, now)),
  };
}

/**
 * What a charger was last told, as far as that can be known: a unit with a car that was never told anything reports what it
 * has; one without a car, or with one that sleeps or may not charge, reports 0 A whatever an earlier master, or we before a
 * restart, told it, so that is undefined.
 */
export function lastOffer({ offer, heartbeat }: Charger): number | undefined {
  if (offer) return offer.amps;
  return heartbeat && tellsLimit(heartbeat) ? heartbeat.limitAmps : undefined;
}

/** Whether the limit in a heartbeat is what the unit was last told, although we told it nothing. */
export function tellsLimit(heartbeat: Heartbeat): boolean {
  return heartbeat.limitAmps > 0 || !(showsNoCar(heartbeat) || isState(heartbeat, 'doNotCharge'));
}

/**
 * Whether to send a limit rather than a mere heartbeat: it is new, not answered or not reported yet. Version 1 stops only
 * while 0 A is repeated. A car that stays well below its limit is told it again: some need that (protocol 10).
 */
export function isWorthSending(charger: Charger, amps: number, now: number): boolean {
  const { version, heartbeat, offer, mayHold } = charger;
  if (amps !== lastOffer(charger) || mayHold !== undefined) return true;
  if (amps === 0) return version === 1;
  if (heartbeat?.limitAmps !== amps) return true;
  return isStuck(charger) && now - (offer?.sentAt ?? Number.NEGATIVE_INFINITY) >= REPEATED_EVERY;
}

const REPEATED_EVERY = 10_000;
const STUCK_BELOW = 2;

function isStuck({ charging, heartbeat }: Charger): boolean {
  if (!heartbeat || heartbeat.limitAmps - heartbeat.actualAmps < STUCK_BELOW) return false;
  return charging.on || isState(heartbeat, 'starting');
}

/** When it was last raised and lowered. */
function turn(offer: Offer | undefined, before: number | undefined, amps: number, now: number) {
  const { lowered, raisedAt, takenOverAt = before === undefined ? now : undefined } = offer ?? {};
  if (before === undefined || before === amps) return { lowered, raisedAt, takenOverAt };
  if (amps > before) return { lowered, raisedAt: now, takenOverAt };
  const from = lowered && now - lowered.at < FOLLOWS_WITHIN ? Math.max(lowered.from, before) : before;
  return { lowered: { from, at: now }, raisedAt, takenOverAt };
}
