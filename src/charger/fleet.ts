// The chargers of one bus: who is who, how many there may be, and what is remembered of them.

import type { Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import { type Message, slaveMessages } from '../protocol/messages.ts';
import { type Charger, newCharger, silence } from './charger.ts';
import type { EnergyUnit } from './energy.ts';
import { offered } from './offer.ts';
import { advanceCharger, chargerWakeAt, withMessage } from './transitions.ts';

/** In the order in which they were first heard. */
export type Fleet = ReadonlyMap<TwcId, Charger>;

/** A unit heard once and never again within this time was noise; without a master it says hello every 10 s. */
const FORGET_UNCONFIRMED_AFTER = 12_000;
/** A silent unit may still be charging for this long, and keeps its place and its amps (protocol 8.5). */
export const RESERVED_FOR = 40_000;

/** The unit that says something of itself with this message; undefined for what a master says to others. */
export function senderOf(message: Message): TwcId | undefined {
  return message.name in slaveMessages && 'sender' in message ? message.sender : undefined;
}

/**
 * The fleet after a message of one of its units, or undefined when `most` units are there already. A unit that is silent
 * for longer than its reservation gives its place to a newcomer.
 */
export function fleetWithMessage(
  fleet: Fleet,
  id: TwcId,
  message: Message,
  version: Version,
  unit: EnergyUnit,
  most: number,
  now: number,
): Fleet | undefined {
  const known = fleet.get(id);
  const room = known ? fleet : withRoom(fleet, most, now);
  return room && new Map(room).set(id, withMessage(known ?? newCharger(id, now), message, version, unit, now));
}

/** The fleet after a master ordered one of them a limit. */
export function withOffer(fleet: Fleet, id: TwcId, amps: number, now: number): Fleet {
  const charger = fleet.get(id);
  const after = charger && offered(charger, amps, now);
  return after && after !== charger ? new Map(fleet).set(id, after) : fleet;
}

/** The fleet after time passed. */
export function advanceFleet(fleet: Fleet, now: number): Fleet {
  if (fleetWakeAt(fleet) > now) return fleet;
  const staying = [...fleet].filter(([, charger]) => charger.confirmed || now < forgottenAt(charger));
  return new Map(staying.map(([id, charger]) => [id, advanceCharger(charger, now)]));
}

export function fleetWakeAt(fleet: Fleet): number {
  let next = Number.POSITIVE_INFINITY;
  for (const charger of fleet.values()) {
    next = Math.min(next, chargerWakeAt(charger), charger.confirmed ? next : forgottenAt(charger));
  }
  return next;
}

/** Chargers that people may see. */
export function confirmed(fleet: Fleet): Charger[] {
  return [...fleet.values()].filter((charger) => charger.confirmed);
}

function withRoom(fleet: Fleet, most: number, now: number): Fleet | undefined {
  if (fleet.size < most) return fleet;
  const silent = [...fleet.values()]
    .filter((charger) => silence(charger, now) >= RESERVED_FOR)
    .sort((a, b) => silence(b, now) - silence(a, now))[0];
  if (!silent) return undefined;
  const room = new Map(fleet);
  room.delete(silent.id);
  return room;
}

function forgottenAt({ heardAt, since }: Charger): number {
  return (heardAt ?? since) + FORGET_UNCONFIRMED_AFTER;
}
