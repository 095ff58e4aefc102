// What the two ways to be on the bus have in common: a master speaks, a listener never does.

import type { Fleet } from '../charger/fleet.ts';
import type { Wishes } from '../charger/wishes.ts';
import type { Version } from '../protocol/codec.ts';
import type { MasterMessage, Message } from '../protocol/messages.ts';

/** Times are monotonic milliseconds. */
export interface Bus {
  /** Bytes came, whatever they were. */
  stirred(now: number): void;
  /** A valid frame came: the message in it if it is to be believed, undefined for our echo and for what is not meant for us. */
  hears(frame: Uint8Array, message: Message, fleet: Fleet, now: number): Message | undefined;
  /** Time passed. */
  ages(now: number): void;
  /** In a replay: this frame was said then. */
  repeats(frame: Uint8Array, now: number): void;
  /** What to say now, if anything. The caller sends it. */
  speaks(fleet: Fleet, wishes: Wishes, now: number): Utterance | undefined;
  /** When `speaks` may have something to say. */
  wakeAt(fleet: Fleet, now: number): number;
  /** From now on nobody is offered more than the least that every car takes; true when everybody has been told. */
  leaving(fleet: Fleet): boolean;
  /** What is wrong on this bus, in words. */
  troubles(fleet: Fleet, wishes: Wishes, now: number): readonly string[];
}

export interface Utterance {
  readonly message: MasterMessage;
  readonly version: Version;
}

/** A genuine master is on the bus; we only listen. Everything said is believed, and orders to slaves are noted. */
export function createListener(): Bus {
  return {
    stirred() {},
    hears: (_frame, message) => message,
    ages() {},
    repeats() {},
    speaks: () => undefined,
    wakeAt: () => Number.POSITIVE_INFINITY,
    leaving: () => true,
    troubles: () => [],
  };
}
