// What is remembered of a charger across restarts of the bridge.

import type { Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import { type Charger, newCharger } from './charger.ts';

export interface SavedCharger {
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
export function fromSaved({ relayOpen, ...known }: SavedCharger, now: number): Charger {
  return { ...newCharger(known.id, now), ...known, confirmed: true, relayOpenSince: relayOpen ? now : undefined };
}

export function toSaved(charger: Charger): SavedCharger {
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

export function sameSaved(some: readonly SavedCharger[], others: readonly SavedCharger[]): boolean {
  const same = (one: SavedCharger, other: SavedCharger | undefined) =>
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
