// Working the relay of a version 2 unit where its owner allows it: opened only after a car has charged steadily, closed
// only after it has been open for a while, so that it does not wear out (protocol 4.9).

import { actualAmps, type Charger } from '../charger/charger.ts';
import type { Target } from './targets.ts';

const STEADY_FOR = 60_000;
const OPEN_FOR = 60_000;
/** A car that has not got to this is still starting. */
const STARTED_FROM = 4;

/** What the relay of a charger is to be told now, if anything. */
export function relayRequest(
  charger: Charger,
  { enabled }: Target,
  now: number,
): 'startRequest' | 'stopRequest' | undefined {
  const { version, relay, charging, draw } = charger;
  if (version === 1 || !charger.online) return undefined;
  if (enabled) {
    const { openSince, stopSentAt = openSince } = relay;
    return openSince !== undefined && now - (stopSentAt ?? openSince) >= OPEN_FOR ? 'startRequest' : undefined;
  }
  const started = charging.on && (actualAmps(charger) ?? 0) >= STARTED_FROM;
  const settled = charging.on && now - Math.max(charging.since, draw.steady?.at ?? now) >= STEADY_FOR;
  return started && settled ? 'stopRequest' : undefined;
}
