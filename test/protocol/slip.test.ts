// Frames in a stream: whatever the chunks, the noise and the losses are.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longestFrame, shortestFrame } from '../../src/protocol/codec.ts';
import { type Cut, Cutter, wire } from '../../src/protocol/slip.ts';
import { bytesOf, hex } from './arbitrary.ts';

const body = fc.oneof(
  fc.uint8Array({ minLength: shortestFrame, maxLength: longestFrame }),
  fc
    .array(fc.constantFrom(0xc0, 0xdb, 0xdc, 0xdd, 0x00), { minLength: shortestFrame, maxLength: longestFrame })
    .map(bytes),
);
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 30 }),
  fc.array(fc.constantFrom(0xc0, 0xdb, 0xdc, 0x00), { maxLength: 30 }).map(bytes),
);
const quietNoise = noise.map((some) => some.filter((byte) => byte !== 0xc0));
const sizes = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1 });

describe('the wire', () => {
  test('carries a frame with C0 at its ends and nowhere else, and every escape whole', () => {
    fc.assert(
      fc.property(body, (frame) => {
        const sent = wire(frame);
        expect([sent[0], sent.at(-1)]).toEqual([0xc0, 0xc0]);
        expect(sent.subarray(1, -1)).not.toContain(0xc0);
        expect(hex(sent).replaceAll(/DB D[CD]/g, '')).not.toContain('DB');
      }),
    );
  });

  test.each([
    ['FB E0 C0 DB DC DD', 'C0 FB E0 DB DC DB DD DC DD C0'],
    // Protocol 7.1: escapes in the receiver, the limit and the checksum.
    [
      'FB E0 77 77 DB 47 09 07 C0 00 00 00 00 00 00 C0',
      'C0 FB E0 77 77 DB DD 47 09 07 DB DC 00 00 00 00 00 00 DB DC C0',
    ],
  ])('%s', (frame, sent) => {
    expect(hex(wire(bytesOf(frame)))).toBe(sent);
  });
});

describe('frames come out as they went in', () => {
  test('in any chunks, with noise between them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(body, quietNoise), { maxLength: 5 }),
        quietNoise,
        sizes,
        (pairs, before, chunks) => {
          const stream = bytes([...before, ...pairs.flatMap(([frame, after]) => [...wire(frame), ...after])]);
          const frames = framesOf(cutInto(stream, chunks));
          // Noise of the length of a frame between two C0 cannot be told from a frame here; its checksum tells later.
          expect(frames.filter((frame) => pairs.some(([sent]) => hex(sent) === frame)).length).toBeGreaterThanOrEqual(
            pairs.length,
          );
          expect(
            inOrder(
              pairs.map(([frame]) => hex(frame)),
              frames,
            ),
          ).toBe(true);
        },
      ),
    );
  });

  test('after and before any noise, C0 and broken escapes included', () => {
    fc.assert(
      fc.property(noise, body, noise, sizes, (before, frame, after, chunks) => {
        const frames = framesOf(cutInto(bytes([...before, ...wire(frame), ...after]), chunks));
        expect(frames).toContain(hex(frame));
      }),
    );
  });

  test('with one C0 between two of them', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 6 }), (frames) => {
        const stream = bytes([0xc0, ...frames.flatMap((frame) => [...wire(frame).subarray(1)])]);
        expect(framesOf(new Cutter().cut(stream, 0))).toEqual(frames.map(hex));
      }),
    );
  });

  test('a C0 that is lost costs no more than the frames that it touches', () => {
    fc.assert(
      fc.property(body, body, body, (first, second, third) => {
        const stream = bytes([...wire(first).subarray(0, -1), ...wire(second).subarray(1), ...wire(third)]);
        expect(framesOf(new Cutter().cut(stream, 0)).at(-1)).toBe(hex(third));
      }),
    );
  });
});

describe('what is no frame', () => {
  test.each<[string, string, Cut[]]>([
    ['nothing between two C0', 'C0 C0 C0', []],
    ['the junk byte of real units', 'C0 FE C0', [{ noise: 'length: expected 13 to 20 bytes, got 1', length: 1 }]],
    ['an unknown escape', 'C0 FB DB 00 01 C0', [{ noise: 'escape: expected DC or DD after DB, got 00', length: 2 }]],
    ['an end inside an escape', 'C0 FB DB C0', [{ noise: 'escape: the frame ends inside an escape', length: 1 }]],
    ['bytes before the first C0', 'FB E0 01 02', []],
  ])('%s', (_, stream, cuts) => {
    expect(new Cutter().cut(bytesOf(stream), 0)).toEqual(cuts);
  });

  test('a megabyte without C0 is one noise that is not kept', () => {
    const cutter = new Cutter();
    const chunk = new Uint8Array(64 * 1024).fill(0x55);
    cutter.cut(Uint8Array.of(0xc0), 0);
    for (let i = 0; i < 16; i++) expect(cutter.cut(chunk, 0)).toEqual([]);
    const after = bytesOf('FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D');
    expect(cutter.cut(wire(after), 0)).toEqual([
      { noise: 'length: more than 20 bytes', length: longestFrame },
      { frame: after },
    ]);
  });

  test('half a frame is forgotten after two seconds of silence, and not sooner', () => {
    const frame = bytesOf('FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D');
    const [first, second] = [wire(frame).subarray(0, 8), wire(frame).subarray(8)];
    const patient = new Cutter();
    patient.cut(first, 0);
    expect(patient.cut(second, 2_000)).toEqual([{ frame }]);
    const late = new Cutter();
    late.cut(first, 0);
    expect(late.cut(second, 2_001)).toEqual([]);
    expect(late.cut(wire(frame), 2_002)).toEqual([{ frame }]);
  });

  test('a frame that was given out does not change afterwards', () => {
    const cutter = new Cutter();
    const [cut] = cutter.cut(wire(bytesOf('FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D')), 0);
    cutter.cut(wire(new Uint8Array(20).fill(0x11)), 1);
    expect(cut?.frame && hex(cut.frame)).toBe('FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D');
  });
});

function bytes(some: readonly number[]): Uint8Array {
  return Uint8Array.from(some);
}

function cutInto(stream: Uint8Array, chunks: readonly number[]): Cut[] {
  const cutter = new Cutter();
  const cuts: Cut[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = chunks[i % chunks.length] ?? 1;
    cuts.push(...cutter.cut(stream.subarray(at, at + size), i));
    at += size;
  }
  return cuts;
}

function framesOf(cuts: readonly Cut[]): string[] {
  return cuts.flatMap((cut) => (cut.frame ? [hex(cut.frame)] : []));
}

function inOrder(wanted: readonly string[], found: readonly string[]): boolean {
  let at = 0;
  for (const one of found) if (one === wanted[at]) at++;
  return at === wanted.length;
}
