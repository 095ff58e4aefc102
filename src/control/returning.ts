// Units that were given up and are heard again: they take nothing before they are spoken to, and then go on with what they
// held. Others make room first, where room can be made.

import type { Charger } from '../charger/charger.ts';
import { hasFloor, hasStopped, isReserved, reservedAmps, V2_FLOOR } from '../charger/commitment.ts';
import { costOf } from './claim.ts';
import type { Sharing } from './sharing.ts';

/**
 * The chargers that have a part in the circuit. One that waits has none as long as it would not fit beside the least that
 * the others take: what is kept for it would help no car.
 */
export function sharers({ fleet, limits }: Pick<Sharing, 'fleet' | 'limits'>, now: number): Charger[] {
  const reserved = [...fleet.values()].filter((charger) => isReserved(charger, now));
  const waiting = reserved.filter((charger) => hasStopped(charger, now));
  if (waiting.length === 0) return reserved;
  const speaking = reserved.filter((charger) => !hasStopped(charger, now));
  let left = speaking.reduce((rest, charger) => rest - lowestAmps(charger, now), limits.maxAmpsForSlaves);
  const fitting = waiting.filter((charger) => {
    const fits = reservedAmps(charger, now) <= left;
    if (fits) left -= reservedAmps(charger, now);
    return fits;
  });
  return [...speaking, ...fitting];
}

/** Those that have a part in the circuit beside this one. */
export function otherSharers(charger: Charger, sharing: Pick<Sharing, 'fleet' | 'limits'>, now: number): Charger[] {
  return sharers(sharing, now).filter(({ id }) => id !== charger.id);
}

/** Whether it may be spoken to: others may have the amps that it held, and make room first. */
export function mayReturn(charger: Charger, sharing: Pick<Sharing, 'fleet' | 'limits'>, now: number): boolean {
  if (!charger.givenUp) return true;
  const taken = otherSharers(charger, sharing, now).reduce((sum, other) => sum + reservedAmps(other, now), 0);
  return reservedAmps(charger, now) <= sharing.limits.maxAmpsForSlaves - taken;
}

/** What it takes when it is lowered as far as can be, A. One that is not heard cannot be lowered. */
function lowestAmps(charger: Charger, now: number): number {
  if (!charger.heartbeat) return reservedAmps(charger, now);
  return hasFloor(charger, now) ? costOf(charger, V2_FLOOR, now) : 0;
}
