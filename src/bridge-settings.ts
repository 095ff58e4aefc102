// What a bridge has to know before it begins.

import type { BusSettings } from './bus/settings.ts';
import type { AllChargerSettings } from './charger/charger-settings.ts';
import type { LeaseSettings, SetPoints } from './control/targets.ts';
import type { DiscoverySettings } from './home-assistant/devices.ts';
import type { SessionSettings } from './session/tracker.ts';
import type { RateLimits } from './topics/values.ts';

export interface BridgeSettings extends RateLimits, BusSettings, SessionSettings {
  readonly topicPrefix: string;
  /** The name of this bridge at the broker, different from every other. */
  readonly instance: string;
  /** The prefixes under which topics of earlier runs may be. */
  readonly prefixes: readonly string[];
  readonly chargerSettings: AllChargerSettings;
  /** Names of cars by their VINs. */
  readonly vehicles: ReadonlyMap<string, string>;
  /** Every topic is published again after this time, in milliseconds; 0 for never. */
  readonly refresh: number;
  readonly discovery: Pick<DiscoverySettings, 'mode' | 'prefix' | 'topicPrefix' | 'version' | 'pageUrl'>;
  readonly lease: LeaseSettings;
  /** The set points known from before a restart. */
  readonly setPoints: SetPoints;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** Whether lines of the level debug are wanted: there is one for every frame. */
  readonly debug: boolean;
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
}
