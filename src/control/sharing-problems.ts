// What offers on the bus cannot put right, in words.

import type { Charger } from '../charger/charger.ts';
import { asksForAmps, hasFloor, hasLimitOrDraw, isReserved, V2_FLOOR } from '../charger/commitment.ts';
import { ignoresLimit, refusesLimit } from '../charger/draw.ts';
import { excessAt } from '../charger/excess.ts';
import { type Fleet, isAddressed } from '../charger/fleet.ts';
import { claimOf } from './claim.ts';
import type { Limits } from './limits.ts';
import { mayReturn } from './next-offer.ts';
import { circuitAmps, type Sharing } from './sharing.ts';

/** What is wrong with how the circuit is shared. */
export function sharingProblems(sharing: Omit<Sharing, 'raiseFrom'>, now: number): string[] {
  const reserved = [...sharing.fleet.values()].filter((charger) => isReserved(charger, now));
  const each = (is: (charger: Charger) => boolean, text: (charger: Charger) => string) => reserved.filter(is).map(text);
  return [
    ...tooSmallCircuit(reserved, circuitAmps(sharing), now),
    ...each(
      (one) => ignoresLimit(one, now),
      ({ id }) => `${id} draws more than it may: it is held at its lowest`,
    ),
    ...each(
      (one) => refusesLimit(one, now),
      ({ id }) => `${id} does not follow its limit`,
    ),
    ...each(
      (one) => one.online && !mayReturn(one, sharing, now),
      ({ id }) => `${id} waits: the circuit has no room for what it would go on with`,
    ),
    ...reserved.flatMap((charger) => tooHighMinimum(charger, sharing.limits)),
  ];
}

/** Units whose cars ask for amps and have none, while others have what the circuit allows. */
export function waitingChargers({ fleet, limits, targets }: Omit<Sharing, 'raiseFrom'>, now: number): string[] {
  const having = [...fleet.values()].some((one) => one.online && hasLimitOrDraw(one));
  if (!having) return [];
  const waiting = [...fleet.values()].filter((one) => {
    if (!one.online || hasLimitOrDraw(one) || (one.offer?.amps ?? 0) > 0) return false;
    return claimOf(one, targets.of(one.id), limits, now).rank === 'wants';
  });
  return waiting.map(({ id }) => `The car at ${id} waits: the others have what the circuit allows`);
}

/** Units that were heard and are not any more. */
export function unansweringChargers(fleet: Fleet, now: number): string[] {
  const silent = [...fleet.values()].filter(
    (one) => one.confirmed && !one.online && one.heardAt !== undefined && !isAddressed(one, now),
  );
  return silent.map(({ id }) => `${id} no longer answers`);
}

/** Units whose draw was learnt to be above their limit, by as much as matters. */
export function excessDraws(fleet: Fleet): string[] {
  return [...fleet.values()].flatMap((charger) => {
    const { id, online, offer } = charger;
    const excess = online && offer ? excessAt(charger.excess, offer.amps) : 0;
    return excess < WORTH_TELLING ? [] : [`${id} draws about ${excess.toFixed(1)} A more than its limit`];
  });
}

const WORTH_TELLING = 0.3;

function tooSmallCircuit(reserved: readonly Charger[], circuit: number, now: number): string[] {
  const unstoppable = reserved.filter((charger) => charger.heartbeat && hasFloor(charger, now));
  const inUse = unstoppable.filter(hasLimitOrDraw).length * V2_FLOOR;
  const asking = reserved.filter((charger) => charger.version !== 1 && asksForAmps(charger));
  const needed = (unstoppable.length + asking.length) * V2_FLOOR;
  const problem = `The circuit of ${circuit} A is too small`;
  if (inUse > circuit) return [`${problem}: cars take ${inUse} A that cannot be stopped over the bus`];
  return needed > circuit ? [`${problem} for all cars, which need ${needed} A: one waits`] : [];
}

function tooHighMinimum({ id, settings, ratedAmps, online }: Charger, { minAmpsPerTWC }: Limits): string[] {
  if (!online) return [];
  const never = `${id} never charges: config.minAmpsPerTWC is ${minAmpsPerTWC} A, and`;
  const { maxAmps } = settings;
  if (ratedAmps !== undefined && ratedAmps < minAmpsPerTWC) return [`${never} its hardware allows ${ratedAmps} A`];
  return maxAmps !== undefined && maxAmps < minAmpsPerTWC ? [`${never} its wiring ${maxAmps} A`] : [];
}
