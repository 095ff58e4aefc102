// The chargers of one bus: who is who, how many there may be, who is spoken to, and what is remembered of them.

import type { Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import { type Message, slaveMessages } from '../protocol/messages.ts';
import { CALLED_FOR, type Charger, hardwareAmps, newCharger } from './charger.ts';
import type { AllChargerSettings } from './charger-settings.ts';
import { CONFIRMED_WITHIN, isNoise, isReserved, reservedUntil } from './commitment.ts';
import type { EnergyUnit } from './energy.ts';
import { withOffer } from './offer.ts';
import { withMasterFlag } from './plug.ts';
import { relayWithRequest } from './relay.ts';
import { advanceCharger, chargerWakeAt, goneOffline, withMessage } from './transitions.ts';

/** In the order in which they were first heard. */
export type Fleet = ReadonlyMap<TwcId, Charger>;

export interface FleetSettings {
  readonly energyUnit: EnergyUnit;
  readonly chargerSettings: AllChargerSettings;
  /** How many units there may be. */
  readonly most: number;
}

/** A unit that answers every heartbeat was heard within this time. */
const ANSWERS_WITHIN = 1_200;

/** The unit that says something of itself with this message; undefined for what a master says to others. */
export function senderOf(message: Message): TwcId | undefined {
  return message.name in slaveMessages && 'sender' in message ? message.sender : undefined;
}

/**
 * The fleet after a message of one of its units, or undefined when there is no room for it. A unit whose reservation is over
 * gives its place to a newcomer. `version`: of the frame.
 */
export function fleetWithMessage(
  fleet: Fleet,
  id: TwcId,
  { message, version }: { readonly message: Message; readonly version: Version },
  settings: FleetSettings,
  now: number,
): Fleet | undefined {
  const known = fleet.get(id);
  const room = known ? fleet : withRoom(fleet, settings.most, now);
  const charger = known ?? newCharger(id, now, settings.chargerSettings.get(id));
  return room && new Map(room).set(id, withMessage(charger, message, version, settings.energyUnit, now));
}

/** The fleet after a master, we or the one that we listen to, said something to one of its units, and of itself. */
export function fleetWithSent(fleet: Fleet, message: Message, now: number): Fleet {
  const charger = 'receiver' in message ? fleet.get(message.receiver) : undefined;
  const after = charger && withSent(charger, message, now);
  const told = after && after !== charger ? new Map(fleet).set(after.id, after) : fleet;
  return 'masterPluggedIn' in message ? fleetWithMasterFlag(told, message.sender, message.masterPluggedIn, now) : told;
}

/** A genuine master is a unit too, which says nothing of its plug but this. */
function fleetWithMasterFlag(fleet: Fleet, id: TwcId, pluggedIn: boolean, now: number): Fleet {
  const master = fleet.get(id);
  return master
    ? new Map(fleet).set(id, { ...master, plugged: withMasterFlag(master.plugged, pluggedIn, now) })
    : fleet;
}

/** The fleet when it has been, or may have been, told anything by another master. */
export function fleetOfOthers(fleet: Fleet): Fleet {
  return mapped(fleet, (charger) => ({ ...goneOffline(charger, hardwareAmps(charger)), givenUp: false }));
}

/** The fleet when we begin to speak: units that are not heard get their chance to answer. */
export function fleetCalled(fleet: Fleet, now: number): Fleet {
  return mapped(fleet, (charger) => (charger.online || charger.givenUp ? charger : { ...charger, calledAt: now }));
}

/** The fleet without a charger; the same fleet if that is heard, or may be using its amps. */
export function fleetWithout(fleet: Fleet, id: TwcId, now: number): Fleet {
  const charger = fleet.get(id);
  if (!charger || charger.online || isReserved(charger, now)) return fleet;
  return new Map([...fleet].filter(([one]) => one !== id));
}

/** Whether a unit gets heartbeats: it was heard a short while ago, or has its chance to answer. */
export function isAddressed({ online, confirmed, heardAt, calledAt }: Charger, now: number): boolean {
  if (calledAt !== undefined && now - calledAt < CALLED_FOR) return true;
  return online && (confirmed || (heardAt !== undefined && now - heardAt < CONFIRMED_WITHIN));
}

/** The fleet after time passed. */
export function advanceFleet(fleet: Fleet, now: number): Fleet {
  if (fleetWakeAt(fleet) > now) return fleet;
  const staying = [...fleet].filter(([, charger]) => charger.confirmed || isReserved(charger, now));
  return new Map(staying.map(([id, charger]) => [id, advanceCharger(charger, now)]));
}

export function fleetWakeAt(fleet: Fleet): number {
  let next = Number.POSITIVE_INFINITY;
  for (const charger of fleet.values()) {
    next = Math.min(next, chargerWakeAt(charger), charger.confirmed ? next : reservedUntil(charger));
  }
  return next;
}

/** Chargers that people may see. */
export function confirmed(fleet: Fleet): Charger[] {
  return [...fleet.values()].filter((charger) => charger.confirmed);
}

function withSent(charger: Charger, message: Message, now: number): Charger {
  switch (message.name) {
    case 'masterHeartbeat':
      return withHeartbeatSent(charger, now);
    case 'masterHeartbeatLimit':
      return withHeartbeatSent(withOffer(charger, message.limitAmps, now), now);
    case 'startRequest':
    case 'stopRequest':
      return { ...charger, relay: relayWithRequest(charger.relay, message.name, now) };
    default:
      return charger;
  }
}

/** Noted only where answers are missing: of the others, the time of the answer is known. */
function withHeartbeatSent(charger: Charger, now: number): Charger {
  const answers = charger.heartbeat && charger.heardAt !== undefined && now - charger.heardAt < ANSWERS_WITHIN;
  return answers ? charger : { ...charger, heartbeatSentAt: now, givenUp: false };
}

function withRoom(fleet: Fleet, most: number, now: number): Fleet | undefined {
  if (fleet.size < most) return fleet;
  const gone = [...fleet.values()]
    .filter((charger) => !isReserved(charger, now) || isNoise(charger, now))
    .sort((a, b) => reservedUntil(a) - reservedUntil(b))[0];
  if (!gone) return undefined;
  const room = new Map(fleet);
  room.delete(gone.id);
  return room;
}

function mapped(fleet: Fleet, change: (charger: Charger) => Charger): Fleet {
  return new Map([...fleet].map(([id, charger]) => [id, change(charger)]));
}
