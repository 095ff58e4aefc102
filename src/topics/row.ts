// What a row of the topic tables is: a value that people can see, how Home Assistant shows it and what sets it.

import type { Finding } from '../bus/finding.ts';
import type { Charger } from '../charger/charger.ts';
import type { Limits } from '../control/limits.ts';
import type { Command, SetPoints, Targets } from '../control/targets.ts';
import type { TwcId } from '../protocol/field.ts';
import type { ShownSession } from '../session/tracker.ts';
import type { BridgeStats } from './bridge-stats.ts';
import type { ChargeStatus } from './charge-status.ts';

/** `Subject`: what the value is taken from, a charger or the overview of everything. */
export interface Row<Subject> {
  /** What is published, for people. */
  readonly type: string;
  readonly meaning: string;
  /** Undefined for what is only commanded. An undefined value is not known and not published. */
  readonly value?: (subject: Subject, overview: Overview) => Value;
  /** Of a number; none unless it says so. */
  readonly decimals?: number;
  readonly pace: Pace;
  /** False while the value is one that a charger shows for seconds on its way to another: it has to keep to the limit. */
  readonly lasting?: (subject: Subject) => boolean;
  /** Of the bridge: changes with its chargers or with time alone. */
  readonly live?: true;
  /** Lower goes out first when all is said again; 1 unless it says so. */
  readonly rank?: number;
  /** What the page calls it where it is no entity, and its unit. */
  readonly label?: string;
  readonly unit?: string;
  readonly entities?: readonly Entity[];
  readonly command?: CommandRow<Subject>;
}

/**
 * How often a topic is updated. `documented`: at most once in each window, whatever happens. `discrete`: always at once.
 * `measured`: at most once in each window, but at once where a car begins or ends to charge, or takes much more or less.
 */
export type Pace = 'documented' | 'discrete' | 'measured';

/** Below `{prefix}/{charger}/`. */
export type ChargerRow = Row<Charger>;
/** By the names below the charger or the prefix. */
export type Rows<Subject> = Readonly<Record<string, Row<Subject>>>;

/** `true` is written as `1`, `false` as `0`, an object as JSON. */
export type Value = string | number | boolean | object | undefined;

/** How a value is set. Commands come from outside and are not trusted. */
export interface CommandRow<Subject> {
  /** The topic below the charger or the prefix. */
  readonly topic: string;
  readonly payload: string;
  readonly meaning: string;
  readonly read: (text: string, subject: Subject, overview: Overview) => Order | Expected;
  /** What a number may be; `charger` undefined for the bridge. */
  readonly range?: (limits: Limits, charger: Charger | undefined) => Range;
}

/** A command to the chargers, or what a later one is to do. */
export type Order = Command | ({ readonly type: 'prepareChargeNow' } & Partial<ChargeNow>);

/** What the button "Charge now" does. */
export interface ChargeNow {
  readonly amps: number;
  readonly minutes: number;
}

/** What a payload should have been. */
export interface Expected {
  readonly expected: string;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** How Home Assistant shows a value; the words are those of its MQTT discovery, in camel case. */
export interface Entity {
  readonly component: 'sensor' | 'binary_sensor' | 'number' | 'switch' | 'button';
  /** Its key, part of the unique id, is made of it: it never changes. */
  readonly name: string;
  /** Home Assistant gives the same name by the device class, in the user's language. */
  readonly namedByClass?: true;
  readonly deviceClass?: string;
  readonly stateClass?: 'measurement' | 'total_increasing';
  readonly unit?: 'A' | 'V' | 'W' | 'kWh' | 's' | 'min' | '%' | 'frames/min';
  readonly category?: 'diagnostic' | 'config';
  readonly precision?: number;
  readonly icon?: string;
  /** Only few want it: Home Assistant adds it disabled. */
  readonly disabled?: true;
  readonly options?: readonly string[];
  readonly template?: string;
  /** Shown as attributes: a template that makes a JSON object of the payload of a topic beside this one, or of this one. */
  readonly attributes?: { readonly topic?: string; readonly template: string };
  readonly payloads?: { readonly on: string; readonly off: string };
  /** What a button sends. */
  readonly press?: string;
  /** Says whether others are there, so it must be there itself. */
  readonly alwaysAvailable?: true;
  /** Whether a charger has such a value at all; undefined while that is not known. */
  readonly when?: (charger: Charger, abilities: Abilities) => boolean | undefined;
}

/** What the owner allows. */
export interface Abilities {
  /** Whether the relays of version 2 units may be opened. */
  readonly relay: boolean;
}

/** What the bridge knows of everything. */
export interface Overview {
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly chargers: readonly Charger[];
  readonly limits: Limits;
  /** What is wrong and what is worth knowing, in words; empty when all is well. */
  readonly findings: readonly Finding[];
  readonly targets: Targets;
  readonly setPoints: SetPoints;
  readonly chargeNow: ChargeNow;
  /** Seconds until the set points fall back, undefined while they do not. */
  readonly leaseLeft: number | undefined;
  /** The newest session of each charger. */
  readonly sessions: ReadonlyMap<TwcId, ShownSession>;
  readonly chargeStatuses: ReadonlyMap<TwcId, ChargeStatus>;
  /** Names of cars by their VINs. */
  readonly vehicles: ReadonlyMap<string, string>;
  /** The name of this bridge. */
  readonly instance: string;
  /** False in listen mode: nothing can be ordered. */
  readonly inControl: boolean;
  readonly stats: BridgeStats;
  /** A monotonic moment as ISO time, to the minute. */
  readonly minuteOf: (at: number) => string;
}

/** Home Assistant takes no more characters. */
export const LONGEST_STATE = 255;

/** A value as it is published; undefined stays undefined. */
export function written(value: Value, decimals = 0): string | undefined {
  switch (typeof value) {
    case 'number':
      return String(Math.round(value * 10 ** decimals) / 10 ** decimals);
    case 'boolean':
      return value ? '1' : '0';
    case 'object':
      return JSON.stringify(value);
    default:
      return value;
  }
}
