// The listener: it receives everything beside a genuine master, believes it, and never sends a byte.

import type { Charger } from '../charger/charger.ts';
import type { Fleet } from '../charger/fleet.ts';
import { isSlaveFrame } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message } from '../protocol/messages.ts';
import { isState } from '../protocol/states.ts';
import { type BusRole, OBSERVED_FOR, type Observations } from './role.ts';

export class Listener implements BusRole {
  readonly #id: TwcId;
  #master: { readonly id: TwcId | 'unknown'; readonly at: number } | undefined;
  #idConflictAt = Number.NEGATIVE_INFINITY;
  /** What the master told a slave is wrong, and when. */
  readonly #errors = new Map<TwcId, { readonly errors: number; readonly at: number }>();

  /** `id` is our own, which no slave may have. */
  constructor(id: TwcId) {
    this.#id = id;
  }

  activity(): void {}

  received(frame: Uint8Array, message: Message, fleet: Fleet, now: number): Message {
    const id = 'sender' in message ? message.sender : 'unknown';
    if (!isSlaveFrame(frame)) this.#master = { id, at: now };
    else if (id === this.#id) this.#idConflictAt = now;
    if (message.name === 'masterHeartbeatError' && fleet.has(message.receiver)) {
      this.#errors.set(message.receiver, { errors: Number.parseInt(message.errorBitmap, 16), at: now });
    }
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

  observations(fleet: Fleet, now: number): Observations {
    return {
      master: this.otherMaster(now),
      idConflict: now - this.#idConflictAt < OBSERVED_FOR ? this.#id : undefined,
      foreignSlave: undefined,
      outOfService: [...this.#errors].flatMap(([slave, { errors, at }]) =>
        isBack(fleet.get(slave), at) ? [] : [{ slave, errors }],
      ),
      relaysLeftOpen: [],
      relaysIgnored: [],
    };
  }

  otherMaster(now: number): Observations['master'] {
    return this.#master && now - this.#master.at < OBSERVED_FOR ? this.#master.id : undefined;
  }
}

/** It says that it is in error at once, and nothing more until it is reset (protocol 3.3). */
const ANSWERS_WITHIN = 3_000;

function isBack(charger: Charger | undefined, toldAt: number): boolean {
  const { heardAt = Number.NEGATIVE_INFINITY, heartbeat } = charger ?? {};
  return heardAt > toldAt + ANSWERS_WITHIN && !isState(heartbeat, 'error');
}
