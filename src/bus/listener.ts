// The listener: it hears everything beside a genuine master, believes it, and never sends a byte.

import type { Fleet } from '../charger/fleet.ts';
import { isSlaveFrame } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message } from '../protocol/messages.ts';
import { type BusRole, OBSERVED_FOR, type Observations } from './role.ts';

export class Listener implements BusRole {
  readonly #id: TwcId;
  #master: { readonly id: TwcId | 'unknown'; readonly at: number } | undefined;
  #idConflictAt = Number.NEGATIVE_INFINITY;

  /** `id` is our own, which no slave may have. */
  constructor(id: TwcId) {
    this.#id = id;
  }

  activity(): void {}

  received(frame: Uint8Array, message: Message, _fleet: Fleet, now: number): Message {
    const id = 'sender' in message ? message.sender : 'unknown';
    if (!isSlaveFrame(frame)) this.#master = { id, at: now };
    else if (id === this.#id) this.#idConflictAt = now;
    return message;
  }

  advance(): boolean {
    return false;
  }

  nextFrame(): undefined {
    return undefined;
  }

  wakeAt(): number {
    return Number.POSITIVE_INFINITY;
  }

  shutdown(): boolean {
    return true;
  }

  observations(_fleet: Fleet, now: number): Observations {
    return {
      master: this.#master && now - this.#master.at < OBSERVED_FOR ? this.#master.id : undefined,
      idConflict: now - this.#idConflictAt < OBSERVED_FOR ? this.#id : undefined,
      foreignSlave: undefined,
      relaysLeftOpen: [],
      relaysIgnored: [],
    };
  }
}
