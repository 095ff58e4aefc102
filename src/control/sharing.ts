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
