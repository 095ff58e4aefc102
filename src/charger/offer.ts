// What a charger was ordered, and what it may hold until it has answered.

import { isState } from '../protocol/states.ts';
import type { Charger } from './charger.ts';

/** No unit is rated higher, A. */
const MOST_RATED = 80;

/** The charger after a master ordered it a limit. */
export function offered(charger: Charger, amps: number, now: number): Charger {
  const { offer } = charger;
  if (offer?.amps === amps) return charger;
  const held = lastOffer(charger) ?? charger.ratedAmps ?? MOST_RATED;
  return { ...charger, offer: { amps, at: now, mayHold: Math.max(held, offer?.mayHold ?? 0) } };
}

/**
 * What a charger was last told, as far as anybody can know: a unit with a car that was never told anything reports what it
 * has; one without a car reports 0 A whatever an earlier master, or we before a restart, told it, so that is undefined.
 */
export function lastOffer({ offer, heartbeat }: Charger): number | undefined {
  const tellsNothing = isState(heartbeat, 'ready') && heartbeat?.limitAmps === 0;
  return offer?.amps ?? (tellsNothing ? undefined : heartbeat?.limitAmps);
}
