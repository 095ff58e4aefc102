// What comes over a bad line: bytes without sense, frames of the collection with damages, and frames of chance whose
// checksum fits.

import { readFileSync } from 'node:fs';
import { longestFrame, shortestFrame } from '../../src/protocol/codec.ts';
import { messages, type Row } from '../../src/protocol/messages.ts';
import { wire } from '../../src/protocol/slip.ts';
import { bytesOf, closed } from '../protocol/arbitrary.ts';
import type { Random } from '../randomness.ts';

const vectors: { readonly wire_hex: string }[] = JSON.parse(
  readFileSync(new URL('../protocol/vectors.json', import.meta.url), 'utf8'),
);
const golden = vectors.map(({ wire_hex }) => bytesOf(wire_hex));
const rows: readonly Row[] = Object.values(messages);
/** Bytes that mean something to whoever cuts and decodes. */
const special = [0xc0, 0xdb, 0xdc, 0xdd, 0xfb, 0xfc, 0xfd, 0x00, 0x77];

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

export function oneOf<T>(random: Random, from: readonly T[]): T {
  const found = from[below(random, from.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}

/** A piece of noise of up to about a hundred bytes. */
export function noise(random: Random): Uint8Array {
  return oneOf(random, kinds)(random);
}

const kinds: readonly ((random: Random) => Uint8Array)[] = [
  (random) => Uint8Array.from({ length: below(random, 60) }, () => below(random, 256)),
  (random) => Uint8Array.from({ length: below(random, 60) }, () => oneOf(random, special)),
  damaged,
  damaged,
];

/** A frame of the collection with one to three damages. */
export function damaged(random: Random): Uint8Array {
  const bytes = [...oneOf(random, golden)];
  for (let times = 1 + below(random, 3); times > 0; times--) oneOf(random, damages)(bytes, random);
  return Uint8Array.from(bytes);
}

const damages: readonly ((bytes: number[], random: Random) => void)[] = [
  function flipBit(bytes, random) {
    const at = below(random, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
  },
  function cut(bytes, random) {
    bytes.splice(below(random, bytes.length), below(random, 8));
  },
  function insert(bytes, random) {
    bytes.splice(below(random, bytes.length), 0, below(random, 256));
  },
  function swap(bytes, random) {
    const [one, other] = [below(random, bytes.length), below(random, bytes.length)];
    [bytes[one], bytes[other]] = [bytes[other] ?? 0, bytes[one] ?? 0];
  },
  function repeat(bytes, random) {
    const from = below(random, bytes.length);
    bytes.splice(from, 0, ...bytes.slice(from, from + below(random, 12)));
  },
  function glue(bytes, random) {
    bytes.push(...oneOf(random, golden));
  },
];

/** A frame that nobody sent and that passes for one: a code of the table, bytes of chance, the right checksum. */
export function forged(random: Random, from = rows): Uint8Array {
  const row = oneOf(random, from);
  const length = oneOf(random, [...row.lengths.heard, shortestFrame + below(random, longestFrame - shortestFrame)]);
  const frame = Uint8Array.from({ length }, () => (random() < 0.5 ? 0 : below(random, 256)));
  frame[0] = row.code >> 8;
  frame[1] = row.code & 0xff;
  // Mostly a few units that come back, and some of 256 others: what is kept of a unit is kept for ever. We ourselves are
  // often the receiver.
  frame.set([0x1a, below(random, random() < 0.8 ? 6 : 256)], 2);
  if (random() < 0.8) frame.set([0x77, 0x77], 4);
  return wire(closed(frame));
}
