// The relay of a version 2 unit, as far as our requests and its draw tell. It counts as open from the moment the request
// was sent: a lost acknowledgement must not leave it open for good (protocol 4.9).

import { CHARGING_FROM, type Heartbeat, type Relay } from './charger.ts';

/** A car that still draws so long after the request was not stopped by it, ms. */
export const OPENS_WITHIN = 5_000;

/** The relay after we sent a request. It is closed again only when the unit confirms it, or draws. */
export function relayWithRequest(relay: Relay, name: 'startRequest' | 'stopRequest', now: number): Relay {
  return name === 'stopRequest' ? { openSince: relay.openSince ?? now, stopSentAt: now } : relay;
}

export function relayWithAck(relay: Relay, name: 'startAck' | 'stopAck', now: number): Relay {
  return { ...relay, openSince: name === 'startAck' ? undefined : (relay.openSince ?? now) };
}

export function relayWithDraw(relay: Relay, { actualAmps, at }: Heartbeat): Relay {
  const closed = relay.openSince !== undefined && actualAmps >= CHARGING_FROM;
  return closed && at - (relay.stopSentAt ?? relay.openSince) >= OPENS_WITHIN
    ? { ...relay, openSince: undefined }
    : relay;
}
