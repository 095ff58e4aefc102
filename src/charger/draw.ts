// How a charger's draw compares with its limit: too much, less than it could, or a limit that it does not take.

import type { Charger, Heartbeat } from './charger.ts';

/** More than calibration can explain (protocol 8.5). */
const OVER_BY = 1;
const OVER_FOR = 10_000;
/** A car needs this long to follow a new limit (protocol 4.6). */
const FOLLOWS_WITHIN = 12_000;
/** A car that takes all it may draws up to 1.4 A less than the limit (protocol 4.6). */
const UNUSED_BY = 1.5;
/** A limit that is not reported after this time is refused (protocol 8.5). */
const REFUSED_AFTER = 30_000;
/** A significant change of the draw (protocol 4.8). */
const CHANGE = 0.8;

/** It has drawn more than it may for so long that it is no transition. */
export function overdraws({ overSince, online }: Charger, now: number): boolean {
  return online && overSince !== undefined && now - overSince >= OVER_FOR;
}

/** For how long it has left a part of its limit unused, ms. */
export function unusedFor({ unusedSince }: Charger, now: number): number {
  return unusedSince === undefined ? 0 : now - unusedSince;
}

/** It still reports a higher limit than it was given long ago. */
export function refusesLimit({ heartbeat, offer, online }: Charger, now: number): boolean {
  return online && !!heartbeat && !!offer && heartbeat.limitAmps > offer.amps && now - offer.at >= REFUSED_AFTER;
}

/** How a heartbeat's draw compares with what the charger may. */
export function trackDraw(charger: Charger, { limitAmps, actualAmps, at }: Heartbeat) {
  const limit = Math.max(limitAmps, charger.offer?.amps ?? 0);
  const settling = charger.offer !== undefined && at - charger.offer.at < FOLLOWS_WITHIN;
  const over = actualAmps > limit + OVER_BY;
  return {
    overSince: over ? (charger.overSince ?? (settling ? undefined : at)) : undefined,
    steady:
      Math.abs(actualAmps - (charger.steady?.amps ?? Number.POSITIVE_INFINITY)) > CHANGE
        ? { amps: actualAmps, at }
        : charger.steady,
    unusedSince: actualAmps < limitAmps - UNUSED_BY ? (charger.unusedSince ?? at) : undefined,
  };
}
