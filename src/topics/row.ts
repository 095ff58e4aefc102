// What a row of the topic table is, and how its values are written.

import type { Finding } from '../bus/finding.ts';
import type { Charger } from '../charger/charger.ts';
import type { Limits } from '../control/limits.ts';
import type { SetPoints, Targets } from '../control/targets.ts';
import type { TwcId } from '../protocol/field.ts';
import type { ShownSession } from '../session/tracker.ts';
import type { BridgeStats } from './bridge-stats.ts';

/** How Home Assistant shows a value; the words are those of its MQTT discovery, in camel case. */
export interface Entity {
  readonly component: 'sensor' | 'binary_sensor' | 'number' | 'switch';
  /** Part of the unique id: never changes, and never moves to another component. */
  readonly key: string;
  /** Left out where the device class gives the name. */
  readonly name?: string;
  readonly deviceClass?: string;
  readonly stateClass?: 'measurement' | 'total_increasing';
  readonly unit?: 'A' | 'V' | 'W' | 'kWh' | 's' | '%' | 'frames/min';
  readonly category?: 'diagnostic' | 'config';
  readonly precision?: number;
  readonly icon?: string;
  /** Only few want it: Home Assistant adds it disabled. */
  readonly disabled?: true;
  readonly options?: readonly string[];
  readonly template?: string;
  /** The payload is a JSON object whose fields are shown as attributes. */
  readonly jsonAttributes?: true;
  readonly payloads?: { readonly on: string; readonly off: string };
  /** The command topic, below the charger or the prefix; such an entity is unavailable while nothing may be ordered. */
  readonly command?: string;
  /** What a number may be; `charger` undefined for the bridge. */
  readonly range?: (limits: Limits, charger: Charger | undefined) => { readonly min: number; readonly max: number };
  /** Says whether others are there, so it must be there itself. */
  readonly alwaysAvailable?: true;
}

interface TopicRow {
  /** What is published, for people. */
  readonly type: string;
  readonly meaning: string;
  /** Not limited to one update per window: it says whether the other values are true. */
  readonly urgent?: true;
  readonly entities?: readonly Entity[];
}

/** Below `{prefix}/{charger}/`. An undefined value is not known and not published. */
export interface ChargerTopic extends TopicRow {
  readonly value: (charger: Charger, overview: Overview) => string | undefined;
}

/** What the bridge knows of everything. */
export interface Overview {
  readonly chargers: readonly Charger[];
  readonly limits: Limits;
  /** What is wrong and what is worth knowing, in words; empty when all is well. */
  readonly findings: readonly Finding[];
  readonly targets: Targets;
  readonly setPoints: SetPoints;
  /** Seconds until the set points fall back, undefined while they do not. */
  readonly leaseLeft: number | undefined;
  /** The newest session of each charger. */
  readonly sessions: ReadonlyMap<TwcId, ShownSession>;
  /** False in listen mode: nothing can be ordered. */
  readonly inControl: boolean;
  readonly stats: BridgeStats;
}

/** Below `{prefix}/`. */
export interface BridgeTopic extends TopicRow {
  readonly value: (overview: Overview) => string | undefined;
}

/** What several rows say of themselves. */
export const current = { component: 'sensor', deviceClass: 'current', unit: 'A' } as const;
export const none = "{{ value if value else 'None' }}";
export const whole = 'integer';
export const amperes = 'float, A';

/** A number without decimals. */
export function rounded(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(Math.round(value));
}

/** A number with at most two decimals. */
export function decimals(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(Math.round(value * 100) / 100);
}
