// What the two ways to be on the bus have in common: a master speaks, a listener never does.

import type { Fleet } from '../charger/fleet.ts';
import type { Wishes } from '../charger/wishes.ts';
import type { Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { MasterMessage, Message } from '../protocol/messages.ts';

/** Times are monotonic milliseconds. */
export interface Bus {
  /** Bytes came, whatever they were. */
  stirred(now: number): void;
  /** A valid frame came: the message in it if it is to be believed, undefined for our echo and for what is not meant for us. */
  hears(frame: Uint8Array, message: Message, fleet: Fleet, now: number): Message | undefined;
  /** Time passed; true when something that was seen is over. */
  ages(now: number): boolean;
  /** In a replay: this frame was said then. */
  repeats(frame: Uint8Array, now: number): void;
  /** What to say now, if anything. The caller sends it. */
  speaks(fleet: Fleet, wishes: Wishes, now: number): Utterance | undefined;
  /** When `speaks` may have something to say. */
  wakeAt(fleet: Fleet, now: number): number;
  /** From now on nobody is offered more than the least that every car takes; true when everybody has been told. */
  leaving(fleet: Fleet): boolean;
  /** What was noticed of others on this bus. */
  sees(fleet: Fleet, now: number): Sightings;
}

export interface Sightings {
  /** Another master that was heard a short while ago. */
  readonly master: TwcId | 'unknown' | undefined;
  /** Our own id, when a slave was heard that has it too. */
  readonly namesake: TwcId | undefined;
  /** A slave that answered a master that is not we. */
  readonly stray: { readonly slave: TwcId; readonly to: TwcId } | undefined;
  /** Slaves whose relay we opened and now may not close. */
  readonly leftOpen: readonly TwcId[];
}

export interface Utterance {
  readonly message: MasterMessage;
  readonly version: Version;
}

/** A master, or a slave with our id, is remembered for this long after it was last heard. */
export const SIGHTED_FOR = 30_000;

/** We only listen, beside a genuine master or to find out. Everything said is believed, and orders to slaves are noted. */
export function createListener(own: TwcId): Bus {
  let master: { readonly id: TwcId | 'unknown'; readonly at: number } | undefined;
  let namesakeAt = Number.NEGATIVE_INFINITY;
  return {
    stirred() {},
    hears(frame, message, _fleet, now) {
      const id = 'sender' in message ? message.sender : 'unknown';
      if (frame[0] !== 0xfd) master = { id, at: now };
      else if (id === own) namesakeAt = now;
      return message;
    },
    ages: () => false,
    repeats() {},
    speaks: () => undefined,
    wakeAt: () => Number.POSITIVE_INFINITY,
    leaving: () => true,
    sees: (_fleet, now) => ({
      master: master && now - master.at < SIGHTED_FOR ? master.id : undefined,
      namesake: now - namesakeAt < SIGHTED_FOR ? own : undefined,
      stray: undefined,
      leftOpen: [],
    }),
  };
}
