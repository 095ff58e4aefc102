// What the bus side of the bridge has to know.

import type { FleetSettings } from '../charger/fleet.ts';
import type { SavedCharger } from '../charger/saved.ts';
import type { Limits } from '../control/limits.ts';
import type { TwcId } from '../protocol/field.ts';

export interface BusSettings extends Omit<FleetSettings, 'most'> {
  /** `listen`: a genuine master is on the bus and nothing is ever sent. */
  readonly mode: 'master' | 'listen';
  /** A master that says nothing: to find out what is wrong. */
  readonly silent?: boolean;
  /** Our own TWCID as master. */
  readonly id: TwcId;
  readonly limits: Limits;
  readonly relay: boolean;
  readonly askPlugState: boolean;
  /** Nothing is known of this bus: another program may have been its master until just now. */
  readonly formerMaster: boolean;
  /** The chargers known from before a restart. */
  readonly savedChargers: readonly SavedCharger[];
  /** Epoch milliseconds of a monotonic moment. */
  readonly wallClock: (now: number) => number;
  /** In a replay: gives the bytes that were said at this moment, once; nothing else is said. */
  readonly replayedFrame?: () => Uint8Array | undefined;
}

/** A text that takes time to make is given as a function: the level may be off. */
export type Log = (level: 'warn' | 'info' | 'debug', text: string | (() => string)) => void;
