// The listener: it hears everything and never sends a byte.

import type { TwcId } from '../protocol/field.ts';
import { type BusRole, OBSERVED_FOR } from './role.ts';

/** We only listen, beside a genuine master or to find out. Everything said is believed, and orders to slaves are noted. */
export function createListener(own: TwcId): BusRole {
  let master: { readonly id: TwcId | 'unknown'; readonly at: number } | undefined;
  let idConflictAt = Number.NEGATIVE_INFINITY;
  return {
    activity() {},
    received(frame, message, _fleet, now) {
      const id = 'sender' in message ? message.sender : 'unknown';
      if (frame[0] !== 0xfd) master = { id, at: now };
      else if (id === own) idConflictAt = now;
      return message;
    },
    advance: () => false,
    replayed() {},
    nextFrame: () => undefined,
    wakeAt: () => Number.POSITIVE_INFINITY,
    shutdown: () => true,
    observations: (_fleet, now) => ({
      master: master && now - master.at < OBSERVED_FOR ? master.id : undefined,
      idConflict: now - idConflictAt < OBSERVED_FOR ? own : undefined,
      foreignSlave: undefined,
      relaysLeftOpen: [],
    }),
  };
}
