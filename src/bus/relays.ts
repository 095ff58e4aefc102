// The relays of version 2 units, where the owner lets the bridge work them: who is told what, and how often.

import type { Charger } from '../charger/charger.ts';
import type { Fleet } from '../charger/fleet.ts';
import { OPENS_WITHIN } from '../charger/relay.ts';
import { relayRequest } from '../control/relay.ts';
import type { Targets } from '../control/targets.ts';
import type { TwcId } from '../protocol/field.ts';
import type { MasterMessage } from '../protocol/messages.ts';
import type { Observations } from './role.ts';

const LOOKED_AT_EVERY = 1_000;
const REPEATED_EVERY = 10_000;
/** A unit that goes on drawing after so many requests to stop does not know them. */
const MOST_STOPS = 3;

interface Asked {
  readonly at: number;
  /** How often it was asked to stop while its car drew on. */
  readonly stops: number;
}

/** Times in milliseconds. */
export class Relays {
  readonly #allowed: boolean;
  readonly #id: TwcId;
  readonly #asked = new Map<TwcId, Asked>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** `allowed`: whether the owner lets relays be worked. `id`: our own. */
  constructor(allowed: boolean, id: TwcId) {
    this.#allowed = allowed;
    this.#id = id;
  }

  /** When to look for a request. */
  get wakeAt(): number {
    return this.#allowed ? this.#lookedAt + LOOKED_AT_EVERY : Number.POSITIVE_INFINITY;
  }

  /** The request to a relay that is due now; it is repeated after a while when it has no effect. */
  nextRequest(fleet: Fleet, targets: Targets, now: number): MasterMessage | undefined {
    if (now < this.wakeAt) return undefined;
    this.#lookedAt = now;
    for (const charger of fleet.values()) {
      const target = targets.of(charger.id);
      if (!charger.charging.on) this.#forgetStops(charger.id);
      const name = relayRequest(charger, target, now);
      if (name && this.#mayAsk(charger.id, name, now)) return this.#ask(charger.id, name, now);
    }
    return undefined;
  }

  observations(fleet: Fleet, now: number): Pick<Observations, 'relaysLeftOpen' | 'relaysIgnored'> {
    const relaysLeftOpen: TwcId[] = [];
    const relaysIgnored: TwcId[] = [];
    for (const charger of fleet.values()) {
      if (!this.#allowed && charger.relay.openSince !== undefined) relaysLeftOpen.push(charger.id);
      if (this.#isIgnored(charger, now)) relaysIgnored.push(charger.id);
    }
    return { relaysLeftOpen, relaysIgnored };
  }

  #isIgnored({ id, charging }: Charger, now: number): boolean {
    const asked = this.#asked.get(id);
    return asked !== undefined && asked.stops >= MOST_STOPS && charging.on && now - asked.at >= OPENS_WITHIN;
  }

  #mayAsk(id: TwcId, name: 'startRequest' | 'stopRequest', now: number): boolean {
    const asked = this.#asked.get(id);
    if (!asked) return true;
    return now - asked.at >= REPEATED_EVERY && (name === 'startRequest' || asked.stops < MOST_STOPS);
  }

  #ask(id: TwcId, name: 'startRequest' | 'stopRequest', now: number): MasterMessage {
    const { stops = 0 } = this.#asked.get(id) ?? {};
    this.#asked.set(id, { at: now, stops: name === 'stopRequest' ? stops + 1 : stops });
    return { name, sender: this.#id, receiver: id };
  }

  #forgetStops(id: TwcId): void {
    const asked = this.#asked.get(id);
    if (asked && asked.stops > 0) this.#asked.set(id, { ...asked, stops: 0 });
  }
}
