// The relays of version 2 units, where the owner lets the bridge work them: who is told what, and how often.

import type { Fleet } from '../charger/fleet.ts';
import { relayRequest } from '../control/relay.ts';
import type { Targets } from '../control/targets.ts';
import type { TwcId } from '../protocol/field.ts';
import type { MasterMessage } from '../protocol/messages.ts';

/** Times in milliseconds. */
export interface Relays {
  /** The order for a relay that is due now; asked again after a while when it is not acknowledged. */
  nextRequest(fleet: Fleet, wishes: Targets, now: number): MasterMessage | undefined;
  /** When to look for one. */
  readonly wakeAt: number;
  /** Units whose relay we opened and may not close any more. */
  leftOpen(fleet: Fleet): readonly TwcId[];
}

const LOOKED_AT_EVERY = 1_000;
const ASKED_EVERY = 10_000;

export function createRelays(allowed: boolean, own: TwcId): Relays {
  const askedAt = new Map<TwcId, number>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const nextAt = () => (allowed ? lookedAt + LOOKED_AT_EVERY : Number.POSITIVE_INFINITY);

  return {
    nextRequest(fleet, wishes, now) {
      if (now < nextAt()) return undefined;
      lookedAt = now;
      for (const charger of fleet.values()) {
        const name = relayRequest(charger, wishes.of(charger.id), now);
        if (!name || now - (askedAt.get(charger.id) ?? Number.NEGATIVE_INFINITY) < ASKED_EVERY) continue;
        askedAt.set(charger.id, now);
        return { name, sender: own, receiver: charger.id };
      }
      return undefined;
    },
    get wakeAt() {
      return nextAt();
    },
    leftOpen: (fleet) =>
      allowed ? [] : [...fleet.values()].filter((one) => one.relayOpenSince !== undefined).map(({ id }) => id),
  };
}
