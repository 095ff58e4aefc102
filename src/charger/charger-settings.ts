// What an owner says of one charger.

import type { TwcId } from '../protocol/field.ts';

export interface ChargerSettings {
  /** What the owner calls it. */
  readonly name?: string;
  /** Amperes of its own wiring: nothing ever goes above them. */
  readonly maxAmps?: number;
  /** Factor on the amps that it reports, where its meter is known to be wrong. */
  readonly calibration?: number;
  /** Volts of a phase, assumed where the charger has no meter. */
  readonly volts?: number;
  /** Phases that are connected, assumed where the charger has no meter. */
  readonly phases?: number;
}

export type AllChargerSettings = ReadonlyMap<TwcId, ChargerSettings>;
