// What is remembered of a charger across restarts of the bridge.

import type { Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import { type Charger, newcomer } from './charger.ts';

export interface ChargerRecord {
  readonly id: TwcId;
  readonly version?: Version;
  readonly ratedAmps?: number;
  readonly serialNumber?: string;
  readonly firmware?: string;
  readonly lastVin?: string;
}

/** The charger of a record: known, but not heard yet. */
export function remembered(record: ChargerRecord, now: number): Charger {
  return { ...newcomer(record.id, now), ...record, confirmed: true };
}

export function record(charger: Charger): ChargerRecord {
  const { id, version, ratedAmps, serialNumber, firmware, lastVin } = charger;
  return {
    id,
    ...(version && { version }),
    ...(ratedAmps && { ratedAmps }),
    ...(serialNumber && { serialNumber }),
    ...(firmware && { firmware }),
    ...(lastVin && { lastVin }),
  };
}

export function sameRecords(some: readonly ChargerRecord[], others: readonly ChargerRecord[]): boolean {
  const same = (one: ChargerRecord, other: ChargerRecord | undefined) =>
    other !== undefined &&
    one.id === other.id &&
    one.version === other.version &&
    one.ratedAmps === other.ratedAmps &&
    one.serialNumber === other.serialNumber &&
    one.firmware === other.firmware &&
    one.lastVin === other.lastVin;
  return some.length === others.length && some.every((one, i) => same(one, others[i]));
}
