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
  /** Its relay was opened by our order. */
  readonly relayOpen?: boolean;
}

/** The charger of a record: known, but not heard yet. */
export function remembered({ relayOpen, ...known }: ChargerRecord, now: number): Charger {
  return { ...newcomer(known.id, now), ...known, confirmed: true, relayOpenSince: relayOpen ? now : undefined };
}

export function record(charger: Charger): ChargerRecord {
  const { id, version, ratedAmps, serialNumber, firmware, lastVin, relayOpenSince } = charger;
  return {
    id,
    ...(version && { version }),
    ...(ratedAmps && { ratedAmps }),
    ...(serialNumber && { serialNumber }),
    ...(firmware && { firmware }),
    ...(lastVin && { lastVin }),
    ...(relayOpenSince !== undefined && { relayOpen: true }),
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
    one.lastVin === other.lastVin &&
    one.relayOpen === other.relayOpen;
  return some.length === others.length && some.every((one, i) => same(one, others[i]));
}
