// A charging session that is over, as it is kept for years: what it is, which ones are asked for, and as a table for others.

import { DateTime } from 'luxon';
import { savedId } from '../charger/saved.ts';
import { choice, number, object, type TypeOf, text } from '../schema.ts';

const moment = text(
  'a time with its offset',
  (found) => /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(found) && DateTime.fromISO(found).isValid,
);

/** A hundred years. */
export const seconds = number(0, 3.2e9);
export const kWh = number(0, 1e6);
export const amps = number(0, 1_000);
export const vin = text('at most 64 characters', (found) => found.length <= 64);

const fields = {
  charger: savedId,
  /** ISO 8601 with the offset that held then. */
  start: moment,
  end: moment,
  /** From start to end by a monotonic clock. */
  seconds,
  kWh,
  /**
   * `meter`: by the charger's counter, at least mostly. `power`: volts times amperes, added up. `assumed`: the same with the
   * volts and phases of the configuration. `none`: the charger tells neither.
   */
  energyFrom: choice('meter', 'power', 'assumed', 'none'),
  /** The highest current of a phase, A. */
  peakAmps: amps,
  /** Empty when it is not known. */
  vin,
};
const columns = Object.keys(fields) as (keyof typeof fields)[];

export const sessionRecord = object(fields);

export type SessionRecord = TypeOf<typeof sessionRecord>;

/** Which sessions are meant. A session belongs to the moment at which it begins. */
export interface Selection {
  /** Epoch milliseconds; it begins then or later. */
  readonly from?: number | undefined;
  /** Epoch milliseconds; it begins earlier. */
  readonly to?: number | undefined;
  readonly vin?: string | undefined;
}

/** The records that are meant, in the order in which the sessions began. */
export function selected(records: readonly SessionRecord[], selection: Selection): SessionRecord[] {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, vin } = selection;
  return records
    .map((record) => ({ record, at: DateTime.fromISO(record.start).toMillis() }))
    .filter(({ record, at }) => at >= from && at < to && (vin === undefined || record.vin === vin))
    .sort((a, b) => a.at - b.at)
    .map(({ record }) => record);
}

/** The first line of comma-separated values (RFC 4180). */
export const csvHeading = `${columns.join(',')}\r\n`;

/** Comma-separated values (RFC 4180), a heading first. */
export function csv(records: readonly SessionRecord[]): string {
  return [csvHeading, ...records.map(csvLine)].join('');
}

/** Energy that is not known is an empty field. */
export function csvLine(record: SessionRecord): string {
  const cells = columns.map((name) => (name === 'kWh' && record.energyFrom === 'none' ? '' : cell(record[name])));
  return `${cells.join(',')}\r\n`;
}

/** A VIN comes from the bus: no spreadsheet may take it for a formula. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
