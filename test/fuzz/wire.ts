// Slip and codec: nothing throws, nothing is invented, no message without its checksum, and nothing is kept.

import assert from 'node:assert/strict';
import { decode, longestFrame, shortestFrame } from '../../src/protocol/codec.ts';
import { Cutter, wire } from '../../src/protocol/slip.ts';
import { heardLengths, hex } from '../protocol/arbitrary.ts';
import type { Random } from '../randomness.ts';
import type { Outcome } from './fuzz.ts';
import { below, forged, noise } from './noise.ts';

/** More than the longest frame with every byte escaped. */
const LONGEST_ON_WIRE = 2 * longestFrame + 2;
const LONGEST_REASON = 120;

export function wholeWire(random: Random, bytes: number): Outcome {
  const cutter = new Cutter();
  let before = Buffer.alloc(0);
  let fed = 0;
  let frames = 0;
  let valid = 0;
  while (fed < bytes) {
    const piece = random() < 0.1 ? forged(random) : noise(random);
    // In chunks of any size, as they come from an adapter.
    for (let at = 0; at < piece.length; ) {
      const chunk = piece.subarray(at, at + 1 + below(random, 40));
      at += chunk.length;
      fed += chunk.length;
      const stream = Buffer.concat([before, chunk]);
      for (const cut of cutter.cut(chunk, 0)) {
        frames++;
        if (cut.frame) valid += Number(holds(cut.frame, stream));
        else assert.ok(cut.noise.length > 0 && cut.noise.length < LONGEST_REASON, cut.noise);
      }
      before = stream.subarray(-LONGEST_ON_WIRE);
    }
  }
  return { seen: { frames, valid }, fed: cutter };
}

/** Whether the frame is a message; throws when it is one that was not on the wire or whose checksum does not fit. */
function holds(frame: Uint8Array, stream: Buffer): boolean {
  assert.ok(frame.length >= shortestFrame && frame.length <= longestFrame, hex(frame));
  assert.ok(stream.includes(Buffer.from(wire(frame))), `${hex(frame)} was not in ${hex(stream)}`);
  const decoded = decode(frame);
  if (!decoded.valid) {
    assert.ok(decoded.reason.length > 0 && decoded.reason.length < LONGEST_REASON, decoded.reason);
    return false;
  }
  assert.equal(frame.at(-1), sumOf(frame.subarray(1, -1)), `${hex(frame)}: its checksum does not fit`);
  assert.ok(heardLengths(decoded.message.name).includes(frame.length), hex(frame));
  return true;
}

/** Counted here once more, not with the function that is to be tested. */
function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) % 256, 0);
}
