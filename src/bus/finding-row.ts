// The shape of a row of findings, and what a row is made from.

import type { Charger } from '../charger/charger.ts';
import { confirmed, type Fleet } from '../charger/fleet.ts';
import type { Limits } from '../control/limits.ts';
import type { Targets } from '../control/targets.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Finding } from './finding.ts';
import type { Observations } from './role.ts';
import type { Counts } from './statistics.ts';

/** What the findings are made from. Times are monotonic milliseconds. */
export interface FindingInput {
  readonly now: number;
  /** What this program is to be on the bus. */
  readonly mode: 'master' | 'listen';
  /** False while it only listens, whatever it is to be. */
  readonly speaks: boolean;
  readonly recent: Counts;
  /** How often a burst of bytes came that could not be read. */
  readonly repeats: number;
  readonly observations: Observations;
  readonly fleet: Fleet;
  readonly limits: Limits;
  readonly targets: Targets;
  /** Units for which there is no room. */
  readonly refused: readonly TwcId[];
}

export interface FindingRow {
  /** A problem unless it says so. */
  readonly level?: Finding['level'];
  /** So long it must be seen without a break before it is said, and not be seen before it is taken back (ms). */
  readonly after?: number;
  readonly stays?: number;
  /** The text has numbers that change: it stays as it was first said for a while. */
  readonly varies?: true;
  /** The texts; none when it is not so. */
  readonly when: (input: FindingInput) => readonly string[];
  readonly advice: string;
}

export type FindingRows = Readonly<Record<string, FindingRow>>;

export const MINUTE = 60_000;

const nothing: readonly string[] = [];

export function one(text: string | false | undefined): readonly string[] {
  return text ? [text] : nothing;
}

/** The chargers for which it is so. */
export function each({ fleet }: FindingInput, is: (charger: Charger) => boolean): Charger[] {
  return confirmed(fleet).filter(is);
}
