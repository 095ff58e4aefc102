// What came over the bus, counted.

import { describe, expect, test } from 'vitest';
import { badShare, Statistics } from '../../src/bus/statistics.ts';
import { decode } from '../../src/protocol/codec.ts';
import { Cutter } from '../../src/protocol/slip.ts';
import vectors from '../protocol/vectors.json' with { type: 'json' };

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('counts', () => {
  test('are of all times, and of about the last minute', () => {
    const statistics = new Statistics(0);
    for (let second = 0; second < 300; second++) {
      statistics.advance(second * 1_000);
      statistics.frame();
    }
    expect(statistics.total.frames).toBe(300);
    expect(statistics.recent(300_000).frames).toBeGreaterThanOrEqual(50);
    expect(statistics.recent(300_000).frames).toBeLessThanOrEqual(60);
  });

  test('know why a frame is bad, for every reason that codec and cutter have', () => {
    const kinds = { checksum: 0, length: 0, escape: 0, content: 0, code: 0 };
    const statistics = new Statistics(0);
    const bad = vectors.filter(({ kind, valid, wire_hex }) => kind !== 'stream' && !valid && wire_hex !== '');
    for (const { wire_hex } of bad) {
      const cuts = new Cutter().cut(Buffer.from(wire_hex.replaceAll(' ', ''), 'hex'), 0);
      for (const cut of cuts) {
        const decoded = cut.frame && decode(cut.frame);
        const reason = decoded ? (decoded.valid ? undefined : decoded.reason) : cut.noise;
        if (reason === undefined) continue;
        const kind = Object.keys(kinds).find((name) => reason.startsWith(`${name}: `));
        expect(kind).toBeDefined();
        statistics.fault(reason, 16);
        kinds[kind as keyof typeof kinds]++;
      }
    }
    expect(statistics.total).toMatchObject(kinds);
    expect(Math.min(kinds.checksum, kinds.length, kinds.escape)).toBeGreaterThan(0);
  });

  test('leave out the byte that real units put behind a frame, and call a few bytes noise', () => {
    const statistics = new Statistics(0);
    statistics.fault('length: expected 13 to 20 bytes, got 1', 1);
    statistics.fault('length: expected 13 to 20 bytes, got 7', 7);
    statistics.fault('length: more than 20 bytes', 20);
    expect(statistics.total).toMatchObject({ noiseBytes: 7, length: 1 });
  });

  test('tell what part of the frames is bad, when there are any', () => {
    const statistics = new Statistics(0);
    expect(badShare(statistics.total)).toBeUndefined();
    for (let i = 0; i < 88; i++) statistics.frame();
    for (let i = 0; i < 12; i++) statistics.fault('checksum: expected 7B, got BA', 16);
    expect(badShare(statistics.total)).toBe(0.12);
  });

  test('take the echo of our own frames for no frame of others', () => {
    const statistics = new Statistics(0);
    statistics.frame();
    statistics.echo(bytes(0xfc, 0xe1, 0xc0, 0xdb));
    expect(statistics.total).toMatchObject({ frames: 0, echoes: 1, echoBytes: 8 });
  });
});

describe('bursts', () => {
  test('that begin alike are somebody who speaks, however the bytes come', () => {
    const statistics = new Statistics(0);
    statistics.bytes(bytes(1, 2, 3, 4, 5, 6, 7, 8), 0);
    statistics.bytes(bytes(1, 2), 10_000);
    statistics.bytes(bytes(3, 4, 5, 6, 7, 9), 10_050);
    expect(statistics.repeats).toBe(1);
  });

  test('of noise never repeat themselves, and a held line says nothing', () => {
    const statistics = new Statistics(0);
    for (let i = 0; i < 30; i++) {
      statistics.bytes(bytes(i, 2, 3, 4, 5, 6, 7, 8), i * 10_000);
      statistics.bytes(bytes(0, 0, 0, 0, 0, 0, 0), i * 10_000 + 5_000);
    }
    expect(statistics.repeats).toBe(0);
  });

  test('are forgotten after a minute', () => {
    const statistics = new Statistics(0);
    for (const at of [0, 10_000]) statistics.bytes(bytes(1, 2, 3, 4, 5, 6), at);
    statistics.advance(69_000);
    expect(statistics.repeats).toBe(1);
    statistics.advance(80_000);
    expect(statistics.repeats).toBe(0);
  });
});
