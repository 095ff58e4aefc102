// What the roles on the bus have in common: a master speaks, a listener never does, a replayer says what was said before.

import type { Fleet } from '../charger/fleet.ts';
import type { Targets } from '../control/targets.ts';
import type { TwcId } from '../protocol/field.ts';
import type { MasterMessage, Message } from '../protocol/messages.ts';

/** Times are monotonic milliseconds. */
export interface BusRole {
  /** Bytes came, whatever they were. */
  activity(now: number): void;
  /** A valid frame came: the message in it if it is to be believed; undefined for our echo and for what is not meant for us. */
  received(frame: Uint8Array, message: Message, fleet: Fleet, now: number): Message | undefined;
  /** Time passed; true when something that was observed is over. */
  advance(now: number): boolean;
  /** What to say now, if anything. The caller sends it. */
  nextFrame(fleet: Fleet, targets: Targets, now: number): Outgoing | undefined;
  /** When `nextFrame` may have something to say. */
  wakeAt(fleet: Fleet, now: number): number;
  /** From now on no charger is offered more than the least that every car takes; true when every charger has been told. */
  shutdown(fleet: Fleet): boolean;
  observations(fleet: Fleet, now: number): Observations;
  /** The same of these alone: another master that was heard a short while ago. */
  otherMaster(now: number): Observations['master'];
}

/** What was noticed of others on this bus. */
export interface Observations {
  /** Another master that was heard a short while ago. */
  readonly master: TwcId | 'unknown' | undefined;
  /** Our own id, when a slave was heard that has it too. */
  readonly idConflict: TwcId | undefined;
  /** A slave that answered a master that is not we. */
  readonly foreignSlave: { readonly slave: TwcId; readonly to: TwcId } | undefined;
  /** Slaves that a genuine master took out of service, and what it said why (protocol 3.3). */
  readonly outOfService: readonly { readonly slave: TwcId; readonly errors: number }[];
  /** Slaves whose relay we opened and now may not close. */
  readonly relaysLeftOpen: readonly TwcId[];
  /** Slaves whose car draws on although they were asked several times to open their relay. */
  readonly relaysIgnored: readonly TwcId[];
}

export interface Outgoing {
  readonly message: MasterMessage;
  /** The message as a frame, without the bytes around it on the wire. */
  readonly frame: Uint8Array;
}

/** A master, or a slave with our id, is remembered for this long after it was last heard. */
export const OBSERVED_FOR = 30_000;
