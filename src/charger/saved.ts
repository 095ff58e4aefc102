// What is remembered of a charger across restarts of the bridge.

import type { Version } from '../protocol/codec.ts';
import { isTwcId, type TwcId } from '../protocol/field.ts';
import { number, object, optional, type TypeOf, text, value, yesOrNo } from '../schema.ts';
import { type Charger, hardwareAmps, newCharger } from './charger.ts';
import type { AllChargerSettings, ChargerSettings } from './charger-settings.ts';
import { fromSavedEnergy, type SavedEnergy, savedEnergy, toSavedEnergy } from './energy-snapshot.ts';
import { fromSavedExcess, sameExcess, savedExcess, toSavedExcess } from './excess.ts';
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
  /** A car was seen that was not seen to leave. */
  carSeen: optional(yesOrNo),
  /** When a unit that was given up was last spoken to, epoch milliseconds; none for others. */
  givenUpAt: optional(number(0, 4.1e12)),
  /** What it held when it was given up, A. */
  heldAmps: optional(number(0, 80)),
};
const names = Object.keys(fields) as (keyof typeof fields)[];
const factNames = [...names.filter((name) => name !== 'id'), 'excess', 'energy'] as const;

export const savedCharger = object({ ...fields, excess: optional(savedExcess), energy: optional(savedEnergy) });

export type SavedCharger = TypeOf<typeof savedCharger>;

/** The charger of a record: known, but not heard yet. `wallNow`: epoch milliseconds of `now`. */
export function fromSaved(
  { relayOpen, carSeen, givenUpAt, heldAmps, excess, energy, ...known }: SavedCharger,
  now: number,
  settings?: ChargerSettings,
  wallNow = energy?.at ?? 0,
): Charger {
  const restored = { ...known, excess: fromSavedExcess(excess), energy: fromSavedEnergy(energy, now, wallNow) };
  const charger = { ...newCharger(known.id, now, settings), ...restored, confirmed: true };
  const relay = relayOpen ? { openSince: now, stopSentAt: now } : charger.relay;
  const plugged = { ...charger.plugged, carAt: carSeen ? now : undefined };
  const mayHold = Math.min(heldAmps ?? hardwareAmps(charger), hardwareAmps(charger));
  const restoredCharger = { ...charger, mayHold, relay, plugged };
  if (givenUpAt === undefined) return { ...restoredCharger, calledAt: now };
  // A clock that was set back tells nothing about how long we were away.
  return { ...restoredCharger, givenUp: true, heartbeatSentAt: now - Math.max(0, wallNow - givenUpAt) };
}

type Facts = Readonly<Record<Exclude<(typeof names)[number], 'id'> | 'excess' | 'energy', unknown>>;

/** What is saved of a charger is made of these and nothing else; moments are monotonic. */
function factsOf(charger: Charger) {
  const { version, ratedAmps, serialNumber, firmware, lastVin, relay, plugged, excess, energy } = charger;
  const { givenUp, heartbeatSentAt, since, mayHold } = charger;
  return {
    version,
    ratedAmps,
    serialNumber,
    firmware,
    lastVin,
    relayOpen: relay.openSince !== undefined,
    carSeen: plugged.carAt !== undefined,
    givenUpAt: givenUp ? (heartbeatSentAt ?? since) : undefined,
    // What it held is known only of a unit that was heard before it was given up.
    heldAmps: givenUp && mayHold !== undefined && mayHold < hardwareAmps(charger) ? mayHold : undefined,
    excess: excess.byLimit,
    energy: energy.snapshot,
  } satisfies Facts;
}

function areSame(some: Facts, others: Facts): boolean {
  return factNames.every((name) => some[name] === others[name]);
}

/** `wallClock` gives epoch milliseconds of a monotonic moment. */
export function toSaved(charger: Charger, wallClock = (now: number) => now): SavedCharger {
  const { givenUpAt, ...facts } = factsOf(charger);
  const known = {
    ...facts,
    id: charger.id,
    givenUpAt: givenUpAt === undefined ? undefined : Math.round(wallClock(givenUpAt)),
    excess: toSavedExcess(charger.excess),
    energy: toSavedEnergy(charger.energy, wallClock),
  };
  const told = Object.entries(known).filter(([, one]) => one !== undefined && one !== false && one !== '');
  // Every field but the id may be missing.
  return { ...Object.fromEntries(told), id: charger.id };
}

export function sameSaved(some: readonly SavedCharger[], others: readonly SavedCharger[]): boolean {
  const same = (one: SavedCharger, other: SavedCharger | undefined) =>
    names.every((name) => name === 'givenUpAt' || one[name] === other?.[name]) &&
    sameTime(one.givenUpAt, other?.givenUpAt) &&
    sameExcess(one.excess, other?.excess) &&
    sameEnergy(one.energy, other?.energy);
  return some.length === others.length && some.every((one, i) => same(one, others[i]));
}

/** A moment later by less than this is no reason to save again, ms. */
const SAME_FOR = 1_800_000;

function sameEnergy(one: SavedEnergy | undefined, other: SavedEnergy | undefined): boolean {
  if (!one || !other) return one === other;
  return one.kWh === other.kWh && one.lifetimeKWh === other.lifetimeKWh && sameTime(one.at, other.at);
}

function sameTime(one: number | undefined, other: number | undefined): boolean {
  return one === undefined || other === undefined ? one === other : Math.abs(one - other) < SAME_FOR;
}

/** The wall clock was set when it moved by more, ms. */
const CLOCK_WAS_SET = 1_000;

/** What is saved of the chargers of a bus. */
export class SavedChargers {
  readonly #wallClock: (now: number) => number;
  #chargers: readonly SavedCharger[];
  /** The fleet that the saved chargers were made of, and when the wall clock has the beginning of the monotonic one. */
  #fleet: Fleet | undefined;
  #epoch = Number.NaN;
  /** What was made of each charger: most messages change nothing that is saved. */
  #made: ReadonlyMap<TwcId, { readonly facts: Facts; readonly saved: SavedCharger }> = new Map();

  /** `wallClock` gives epoch milliseconds of a monotonic moment. */
  constructor(saved: readonly SavedCharger[], wallClock: (now: number) => number) {
    this.#chargers = saved;
    this.#wallClock = wallClock;
  }

  /** The same list as long as that is the same. */
  get chargers(): readonly SavedCharger[] {
    return this.#chargers;
  }

  update(fleet: Fleet): void {
    if (fleet === this.#fleet) return;
    const last = this.#fleet;
    this.#fleet = fleet;
    const epoch = this.#wallClock(0);
    const isSet = !(Math.abs(epoch - this.#epoch) < CLOCK_WAS_SET);
    if (isSet) this.#epoch = epoch;
    const made = confirmed(fleet).map((charger) => {
      const before = isSet ? undefined : this.#made.get(charger.id);
      if (before && last?.get(charger.id) === charger) return before;
      const facts = factsOf(charger);
      return before && areSame(before.facts, facts) ? before : { facts, saved: toSaved(charger, this.#wallClock) };
    });
    if (made.length === this.#made.size && made.every((one) => one === this.#made.get(one.saved.id))) return;
    this.#made = new Map(made.map((one) => [one.saved.id, one]));
    const newest = made.map(({ saved }) => saved);
    if (!sameSaved(newest, this.#chargers)) this.#chargers = newest;
  }
}

/** The fleet of saved chargers: known, but not heard yet. */
export function savedFleet(
  saved: readonly SavedCharger[],
  settings: AllChargerSettings,
  now: number,
  wallNow: number,
): Fleet {
  const chargers = saved.map((one) => fromSaved(one, now, settings.get(one.id), wallNow));
  return new Map(chargers.map((charger) => [charger.id, charger]));
}
