// What all decisions on the amps of the circuit are made from.

import type { Fleet } from '../charger/fleet.ts';
import type { Limits } from './limits.ts';
import type { Targets } from './targets.ts';

export interface Sharing {
  readonly fleet: Fleet;
  readonly limits: Limits;
  readonly targets: Targets;
  /** The time before which nothing is raised, because not every charger has been heard yet. */
  readonly raiseFrom: number;
}

/** Amperes of the circuit to divide now. */
export function circuitAmps({ limits, targets }: Pick<Sharing, 'limits' | 'targets'>): number {
  return Math.min(targets.circuit, limits.maxAmpsForSlaves);
}

/** A slave without a master says linkready every 10 s: nothing is raised before each had the time to say it. */
const RAISE_AFTER = 12_000;
/** What a former master gave has lapsed by then, also to a unit whose linkreadys were all lost (protocol 4.10). */
const RAISE_FIRST_AFTER = 30_000;

/** The time before which nothing is raised on a bus that was opened then. */
export function raisesFrom(openedAt: number, formerMaster: boolean): number {
  return openedAt + (formerMaster ? RAISE_FIRST_AFTER : RAISE_AFTER);
}
