// What is remembered of a charger across restarts of the bridge.

import type { Version } from '../protocol/codec.ts';
import { isTwcId } from '../protocol/field.ts';
import { number, object, optional, type TypeOf, text, value, yesOrNo } from '../schema.ts';
import { type Charger, hardwareAmps, newCharger } from './charger.ts';
import type { AllChargerSettings, ChargerSettings } from './charger-settings.ts';
import { confirmed, type Fleet } from './fleet.ts';

/** The id of a charger in what was saved. */
export const savedId = value('four hex digits such as 1A2B', (found) =>
  typeof found === 'string' && isTwcId(found) ? found : undefined,
);
const version = value<Version>('1 or 2', (found) => (found === 1 || found === 2 ? found : undefined));
const shortText = text('at most 64 characters', (found) => found.length <= 64);

const fields = {
  id: savedId,
  version: optional(version),
  ratedAmps: optional(number(0, 655.35)),
  serialNumber: optional(shortText),
  firmware: optional(shortText),
  lastVin: optional(shortText),
  /** Its relay was opened by our request. */
  relayOpen: optional(yesOrNo),
};
const names = Object.keys(fields) as (keyof typeof fields)[];

export const savedCharger = object(fields);

export type SavedCharger = TypeOf<typeof savedCharger>;

/** The charger of a record: known, but not heard yet. */
export function fromSaved({ relayOpen, ...known }: SavedCharger, now: number, settings?: ChargerSettings): Charger {
  const charger = { ...newCharger(known.id, now, settings), ...known, confirmed: true, calledAt: now };
  const relay = relayOpen ? { openSince: now, stopSentAt: now } : charger.relay;
  return { ...charger, mayHold: hardwareAmps(charger), relay };
}

export function toSaved(charger: Charger): SavedCharger {
  const known = { ...charger, relayOpen: charger.relay.openSince !== undefined };
  const told = names.flatMap((name) => (known[name] ? [[name, known[name]] as const] : []));
  // Every field but the id may be missing.
  return { ...Object.fromEntries(told), id: charger.id };
}

export function sameSaved(some: readonly SavedCharger[], others: readonly SavedCharger[]): boolean {
  const same = (one: SavedCharger, other: SavedCharger | undefined) =>
    names.every((name) => one[name] === other?.[name]);
  return some.length === others.length && some.every((one, i) => same(one, others[i]));
}

/** The chargers from before a restart. */
export function savedFleet(saved: readonly SavedCharger[], settings: AllChargerSettings, now: number): Fleet {
  return new Map(saved.map((one) => [one.id, fromSaved(one, now, settings.get(one.id))]));
}

/** What is to be saved of a fleet. */
export class SavedFleet {
  #chargers: readonly SavedCharger[];
  /** The fleet that they were made of. */
  #fleet: Fleet | undefined;

  constructor(saved: readonly SavedCharger[]) {
    this.#chargers = saved;
  }

  /** The same list as long as that is the same. */
  get chargers(): readonly SavedCharger[] {
    return this.#chargers;
  }

  update(fleet: Fleet): void {
    if (fleet === this.#fleet) return;
    this.#fleet = fleet;
    const newest = confirmed(fleet).map(toSaved);
    if (!sameSaved(newest, this.#chargers)) this.#chargers = newest;
  }
}
