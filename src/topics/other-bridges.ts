// Whether another bridge publishes the same topics: each tells its own name in one of them, and reads what the others tell.

import type { Finding } from '../bus/finding.ts';

/** While another is there each tells its name this often, ms, so that it is noticed when one goes. */
const TELL_EVERY = 60_000;
const REMEMBERED_FOR = 150_000;
const NEVER = Number.POSITIVE_INFINITY;
const nothing: readonly Finding[] = [];

export class OtherBridges {
  readonly #instance: string;
  readonly #prefix: string;
  #other: string | undefined;
  #heardAt = Number.NEGATIVE_INFINITY;
  #tellAt = NEVER;
  #findings = nothing;

  /** `instance`: the name of this bridge. */
  constructor(instance: string, prefix: string) {
    this.#instance = instance;
    this.#prefix = prefix;
  }

  /** Empty while this bridge is alone; the same list as long as it is the same. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** A name was told; a retained one may be of a bridge that is gone. True if it is a bridge that was not noticed before. */
  received(name: string, retained: boolean, now: number): boolean {
    if (retained || name === '' || name === this.#instance) return false;
    if (this.#tellAt === NEVER) this.#tellAt = now;
    this.#heardAt = now;
    if (name === this.#other) return false;
    this.#other = name;
    const text = `Another bridge (${name}) publishes below ${this.#prefix}/ too, so values change to and fro`;
    const advice = 'stop it, or give one of the two another status.MQTT.topicPrefix';
    this.#findings = [{ level: 'problem', text, advice }];
    return true;
  }

  /** Time passed; true when our name is to be told again. */
  advance(now: number): boolean {
    if (now >= this.#heardAt + REMEMBERED_FOR && this.#other !== undefined) {
      this.#other = undefined;
      this.#tellAt = NEVER;
      this.#findings = nothing;
    }
    if (now < this.#tellAt) return false;
    this.#tellAt = now + TELL_EVERY;
    return true;
  }

  get wakeAt(): number {
    return Math.min(this.#tellAt, this.#other === undefined ? NEVER : this.#heardAt + REMEMBERED_FOR);
  }
}
