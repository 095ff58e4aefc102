// The transmit allow-list (protocol 3.9), on the bytes, in front of the write: the last thing that a frame passes.

import { decode } from './codec.ts';
import { optional, spoken } from './messages.ts';
import { createCutter } from './slip.ts';

export interface Permit {
  /** No limit may be higher, A. */
  readonly maxAmps: number;
  /** Whether the owner allows to work the relays. */
  readonly relay: boolean;
}

/**
 * Why these bytes of the wire must not be written, or undefined if they may: they must be exactly one whole frame that a
 * master says, within the permit.
 */
export function forbidden(bytes: Uint8Array, { maxAmps, relay }: Permit): string | undefined {
  const cuts = createCutter().cut(bytes, 0);
  const frame = cuts[0]?.frame;
  if (cuts.length !== 1 || !frame) return 'expected exactly one frame';
  const decoded = decode(frame);
  if (!decoded.valid) return decoded.reason;
  const { message } = decoded;
  const allowed = message.name in spoken || (relay && message.name in optional);
  if (!allowed) return `${message.name} is not on the allow-list`;
  if (message.name === 'masterHeartbeatLimit' && message.limitAmps > maxAmps) {
    return `limit: expected at most ${maxAmps} A, got ${message.limitAmps} A`;
  }
  return undefined;
}
