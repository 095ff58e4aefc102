// What a charger was ordered, and what it may hold until it has answered.

import { type Charger, READY } from './charger.ts';

export interface Offer {
  readonly amps: number;
  readonly at: number;
  /** The most that it may still hold from earlier orders; undefined once it has answered this one. */
  readonly before: number | undefined;
}

/** No unit is rated higher, A. */
const MOST_RATED = 80;

/** The charger after a master ordered it a limit. */
export function ordered(charger: Charger, amps: number, now: number): Charger {
  const { offer } = charger;
  if (offer?.amps === amps) return charger;
  const held = lastOrder(charger) ?? charger.ratedAmps ?? MOST_RATED;
  return { ...charger, offer: { amps, at: now, before: Math.max(held, offer?.before ?? 0) } };
}

/**
 * What a charger was last told, as far as anybody can know: a unit with a car that was never told anything reports what it
 * has; one without a car reports 0 A whatever an earlier master, or we before a restart, told it, so that is undefined.
 */
export function lastOrder({ offer, heartbeat }: Charger): number | undefined {
  const tellsNothing = heartbeat?.state === READY && heartbeat.limitAmps === 0;
  return offer?.amps ?? (tellsNothing ? undefined : heartbeat?.limitAmps);
}
