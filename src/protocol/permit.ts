// The transmit allow-list (protocol 3.9), on the bytes, in front of the write: the last thing that a frame passes.

import { codeOf, decode } from './codec.ts';
import { spoken } from './messages.ts';
import { createCutter } from './slip.ts';

const codes: ReadonlySet<number> = new Set(Object.values(spoken).map((row) => row.code));

/**
 * Why these bytes of the wire must not be written, or undefined if they may: they must be exactly one whole frame that a
 * master says, and a limit in it at most `maxAmps`.
 */
export function forbidden(bytes: Uint8Array, maxAmps: number): string | undefined {
  const cuts = createCutter().cut(bytes, 0);
  const frame = cuts[0]?.frame;
  if (cuts.length !== 1 || !frame) return 'expected exactly one frame';
  const decoded = decode(frame);
  if (!decoded.valid) return decoded.reason;
  const { message } = decoded;
  if (!codes.has(codeOf(frame)) || !(message.name in spoken)) return `${message.name} is not on the allow-list`;
  if (message.name === 'masterHeartbeatLimit' && message.limitAmps > maxAmps) {
    return `limit: expected at most ${maxAmps} A, got ${message.limitAmps} A`;
  }
  return undefined;
}
