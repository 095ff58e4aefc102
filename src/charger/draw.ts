// How a charger's draw compares with its limit: too much, less than it could, or a limit that it does not take.

import { isState } from '../protocol/states.ts';
import { CHARGING_FROM, type Charger, FOLLOWS_WITHIN, type Heartbeat, hardwareAmps } from './charger.ts';
import { explicableExcess, withDraw } from './excess.ts';

const OVER_FOR = 10_000;
/** A car that was found to ignore its limit is watched for this long after it last did. */
const WATCHED_FOR = 10 * 60_000;
/** A limit that is not reported after this time is refused (protocol 8.5). */
const REFUSED_AFTER = 30_000;
/** A significant change of the draw (protocol 4.8). */
const CHANGE = 0.8;
/** From one answer to the next. */
const RISE = 0.2;

/** It drew far more than it may for so long that it was no transition, now or a short while ago. */
export function ignoresLimit({ draw, online }: Charger, now: number): boolean {
  return online && draw.ignoredAt !== undefined && now - draw.ignoredAt < WATCHED_FOR;
}

/** For how long it has left a part of its limit unused, ms. */
export function unusedFor({ draw }: Charger, now: number): number {
  return draw.unusedSince === undefined ? 0 : now - draw.unusedSince;
}

/** It still reports a higher limit than it was given long ago. */
export function refusesLimit({ heartbeat, offer, online }: Charger, now: number): boolean {
  return online && !!heartbeat && !!offer && heartbeat.limitAmps > offer.amps && now - offer.at >= REFUSED_AFTER;
}

/** What a heartbeat tells of the draw. */
export function trackDraw(charger: Charger, heartbeat: Heartbeat): Pick<Charger, 'draw' | 'excess'> {
  const { actualAmps, at } = heartbeat;
  const limit = limitLately(charger, heartbeat);
  const { draw, excess } = charger;
  const holds = heartbeat.limitAmps >= limit;
  const over = actualAmps > limit + explicableExcess(limit) + OVER_BY;
  const overSince = over ? (draw.overSince ?? at) : undefined;
  const moved = Math.abs(actualAmps - (draw.steady?.amps ?? Number.POSITIVE_INFINITY)) > CHANGE;
  return {
    draw: {
      overSince,
      ignoredAt: overSince !== undefined && at - overSince >= OVER_FOR ? at : draw.ignoredAt,
      roseAt: actualAmps > (charger.heartbeat?.actualAmps ?? 0) + RISE ? at : draw.roseAt,
      steady: moved ? { amps: actualAmps, at } : draw.steady,
      unusedSince: unusedSince(charger, heartbeat),
    },
    excess: actualAmps < CHARGING_FROM ? excess : withDraw(excess, Math.round(limit), actualAmps, holds, at),
  };
}

/** More than what is explicable by this much is no rounding. */
const OVER_BY = 0.5;
/** A car that takes all it may draws up to 1.4 A less than the limit (protocol 4.6). */
const USED_WITHIN = 1.5;
const UNUSED_BY = 1.9;
/** Of a high limit it is a share. */
const USED_SHARE = 0.05;
const UNUSED_SHARE = 0.06;

/**
 * A limit of 0 A says nothing of what a car would use. A car that begins to ask may use all; one whose limit was changed
 * reports other states without wanting anything new.
 */
function unusedSince({ draw, heartbeat: before, offer }: Charger, heartbeat: Heartbeat): number | undefined {
  const { limitAmps, actualAmps, at } = heartbeat;
  if (isState(before, 'ready', 'doNotCharge') && isState(heartbeat, 'readyToCharge', 'starting', 'charging')) {
    return undefined;
  }
  if (limitAmps === 0) return sleeps(offer, heartbeat) ? (draw.unusedSince ?? at) : draw.unusedSince;
  const gap = limitAmps - actualAmps;
  if (gap > Math.max(UNUSED_BY, UNUSED_SHARE * limitAmps)) return draw.unusedSince ?? at;
  return gap <= Math.max(USED_WITHIN, USED_SHARE * limitAmps) ? undefined : draw.unusedSince;
}

/** Its car does not take amps that it was offered. */
function sleeps(offer: Charger['offer'], heartbeat: Heartbeat): boolean {
  return offer !== undefined && offer.amps > 0 && isState(heartbeat, 'doNotCharge');
}

/** The highest limit that its car may still be following, A. */
function limitLately(charger: Charger, { limitAmps, at }: Heartbeat): number {
  const { amps = 0, lowered, takenOverAt } = charger.offer ?? {};
  if (takenOverAt !== undefined && at - takenOverAt < FOLLOWS_WITHIN) return hardwareAmps(charger);
  return Math.max(limitAmps, amps, lowered && at - lowered.at < FOLLOWS_WITHIN ? lowered.from : 0);
}
