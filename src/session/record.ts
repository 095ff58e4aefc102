// A charging session that is over, as it is kept for years: what it is, which ones are asked for, and as a table for others.

import { DateTime } from 'luxon';
import { isTwcId, type TwcId } from '../protocol/field.ts';

export interface SessionRecord {
  readonly charger: TwcId;
  /** ISO 8601 with the offset that held then. */
  readonly start: string;
  readonly end: string;
  /** From start to end by a clock that nobody sets. */
  readonly seconds: number;
  readonly kWh: number;
  /** `meter`: by the charger's counter, at least mostly. `power`: volts times amperes, added up. `none`: the charger tells neither. */
  readonly energyFrom: (typeof energyFrom)[number];
  /** The highest current of a phase, A. */
  readonly peakAmps: number;
  /** Empty when it is not known. */
  readonly vin: string;
}

/** Which sessions are meant. A session belongs to the moment at which it begins. */
export interface Selection {
  /** Epoch milliseconds; it begins then or later. */
  readonly from?: number | undefined;
  /** Epoch milliseconds; it begins earlier. */
  readonly to?: number | undefined;
  readonly vin?: string | undefined;
}

const energyFrom = ['meter', 'power', 'none'] as const;
const columns = ['charger', 'start', 'end', 'seconds', 'kWh', 'energyFrom', 'peakAmps', 'vin'] as const;

/** The record in a line's JSON, undefined where there is none. */
export function sessionRecord(json: unknown): SessionRecord | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const {
    charger,
    start,
    end,
    seconds,
    kWh,
    energyFrom: from,
    peakAmps,
    vin,
  }: Readonly<Record<string, unknown>> = {
    ...json,
  };
  const measured = energyFrom.find((one) => one === from);
  const good =
    typeof charger === 'string' &&
    isTwcId(charger) &&
    isMoment(start) &&
    isMoment(end) &&
    isAmount(seconds) &&
    isAmount(kWh) &&
    isAmount(peakAmps) &&
    typeof vin === 'string';
  return good && measured ? { charger, start, end, seconds, kWh, energyFrom: measured, peakAmps, vin } : undefined;
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

/** Comma-separated values (RFC 4180), a heading first. Energy that is not known is an empty field. */
export function csv(records: readonly SessionRecord[]): string {
  const rows = records.map((record) =>
    columns.map((name) => (name === 'kWh' && record.energyFrom === 'none' ? '' : cell(record[name]))),
  );
  return [columns, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** A VIN comes from the bus: no spreadsheet may take it for a formula. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function isMoment(value: unknown): value is string {
  return (
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(value) && DateTime.fromISO(value).isValid
  );
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
