// What a master makes of the frames that it hears: which are its own echo, which come from another master, which slave has
// its id, and which slave answers another master (protocol 4.4, 5). What is left is believed.

import { type Fleet, senderOf } from '../charger/fleet.ts';
import { isSlaveFrame } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message } from '../protocol/messages.ts';
import { createOtherMasterWatch } from './other-master.ts';
import { OBSERVED_FOR, type Observations } from './role.ts';
import type { Statistics } from './statistics.ts';

export interface ReceptionSettings {
  /** Our own TWCID. */
  readonly id: TwcId;
  readonly statistics: Pick<Statistics, 'echo'>;
  readonly log: (level: 'info', text: string) => void;
}

const FOREIGN_SLAVE_FOR = 3_000;

/** Times are monotonic milliseconds. */
export class Reception {
  readonly #settings: ReceptionSettings;
  readonly #otherMaster;
  #idConflictAt = Number.NEGATIVE_INFINITY;
  #foreignSlave: { readonly slave: TwcId; readonly to: TwcId; readonly at: number } | undefined;
  /** What the log says when something is over, and when that is. */
  readonly #endings = new Map<string, number>();

  constructor(settings: ReceptionSettings) {
    this.#settings = settings;
    this.#otherMaster = createOtherMasterWatch(settings.id);
  }

  /** A frame of ours goes out. */
  sent(frame: Uint8Array, now: number): void {
    this.#otherMaster.sent(frame, now);
  }

  /** The message in a frame if it is to be believed. */
  received(frame: Uint8Array, message: Message, fleet: Fleet, now: number): Message | undefined {
    if (!isSlaveFrame(frame)) {
      this.#receivedFromMaster(frame, message, fleet, now);
      return undefined;
    }
    const id = senderOf(message);
    if (id === undefined) return undefined;
    if (id === this.#settings.id) {
      if (message.name === 'slaveLinkready') this.#noteIdConflict(now);
      return undefined;
    }
    if (message.name === 'slaveHeartbeat' && message.receiver !== this.#settings.id) {
      this.#foreignSlave = { slave: id, to: message.receiver, at: now };
      return undefined;
    }
    const introduces = message.name === 'slaveLinkready' || message.name === 'slaveHeartbeat';
    return introduces || fleet.has(id) ? message : undefined;
  }

  /** Whether a slave was heard just now that has our id. */
  hasIdConflict(message: Message): boolean {
    return message.name === 'slaveLinkready' && message.sender === this.#settings.id;
  }

  /** Time passed; true when something that was observed is over. */
  advance(now: number): boolean {
    if (this.#endings.size === 0) return false;
    const over = [...this.#endings].filter(([, at]) => now >= at);
    for (const [text] of over) {
      this.#endings.delete(text);
      this.#settings.log('info', text);
    }
    return over.length > 0;
  }

  get wakeAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#endings.values());
  }

  /** Until when we must be silent because of another master. */
  get silentUntil(): number {
    return this.#otherMaster.silentUntil;
  }

  /** Another master, while we are silent because of it. */
  otherMaster(now: number): Observations['master'] {
    return this.#otherMaster.otherMaster(now);
  }

  observations(now: number): Omit<Observations, 'relaysLeftOpen' | 'relaysIgnored'> {
    const foreign = this.#foreignSlave;
    return {
      master: this.otherMaster(now),
      idConflict: now - this.#idConflictAt < OBSERVED_FOR ? this.#settings.id : undefined,
      foreignSlave: foreign && now - foreign.at < FOREIGN_SLAVE_FOR ? foreign : undefined,
      outOfService: [],
    };
  }

  #receivedFromMaster(frame: Uint8Array, message: Message, fleet: Fleet, now: number): void {
    const kind = this.#otherMaster.classify(frame, message, fleet, now);
    if (kind === 'echo') this.#settings.statistics.echo(frame);
    if (kind === 'otherMaster') {
      this.#endings.set('no other master is heard any more: we speak again', this.#otherMaster.silentUntil);
    }
  }

  #noteIdConflict(now: number): void {
    this.#idConflictAt = now;
    this.#endings.set(`no charger has our id ${this.#settings.id} any more`, now + OBSERVED_FOR);
  }
}
