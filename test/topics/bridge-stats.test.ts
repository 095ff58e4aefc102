// How the bridge itself fares, as people see it below `bridge/`.

import { describe, expect, test } from 'vitest';
import { randomness } from '../randomness.ts';
import { createWorld, slave, type World } from '../world.ts';

const shown = (world: World, name: string) => world.value(`TWC/bridge/${name}`);
const updates = (world: World, name: string) => world.published.filter(({ topic }) => topic === `TWC/bridge/${name}`);

describe('the topics below bridge/', () => {
  test('tell of a healthy bus', () => {
    const world = createWorld({ slaves: [slave('1A2B'), slave('3C4D')] });
    world.pass(180_000);
    expect(shown(world, 'uptime')).toBe('180');
    // A heartbeat a second of each, and what they answer to questions.
    expect(Number(shown(world, 'framesPerMinute'))).toBeGreaterThan(90);
    expect(Number(shown(world, 'framesPerMinute'))).toBeLessThan(240);
    expect(shown(world, 'checksumErrors')).toBe('0');
    expect(shown(world, 'badFrameShare')).toBe('0');
    expect(shown(world, 'reconnects/link')).toBe('0');
    expect(shown(world, 'reconnects/broker')).toBe('0');
    expect(shown(world, 'lastError')).toBe('');
  });

  test('count what was spoilt', () => {
    const random = randomness(5);
    const spoiled = { count: 0 };
    const line = (bytes: Uint8Array) => {
      if (random() >= 0.2) return bytes;
      spoiled.count++;
      return bytes.with(5, (bytes[5] ?? 0) ^ 0x15);
    };
    const world = createWorld({ slaves: [slave('1A2B')], line });
    world.pass(300_000);
    expect(Number(shown(world, 'checksumErrors'))).toBeGreaterThan(spoiled.count * 0.9);
    expect(Number(shown(world, 'badFrameShare'))).toBeGreaterThan(10);
    expect(Number(shown(world, 'badFrameShare'))).toBeLessThan(30);
    expect(shown(world, 'lastError')).toMatch(/^problem: \d+ % of the frames are bad/);
  });

  test('change once a minute, without a rate limit too', () => {
    const world = createWorld({ slaves: [slave('1A2B')], ratelimit: 0 });
    world.pass(600_000);
    for (const name of ['uptime', 'framesPerMinute', 'checksumErrors', 'badFrameShare', 'lastError'])
      expect(updates(world, name).length).toBeLessThanOrEqual(11);
    expect(updates(world, 'uptime')).toHaveLength(11);
  });

  test('are rate-limited like others', () => {
    const world = createWorld({ slaves: [slave('1A2B')], ratelimit: 300_000 });
    world.pass(600_000);
    expect(updates(world, 'uptime')).toHaveLength(3);
  });

  test('count returns, not beginnings, and keep the last outage in words', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    for (let i = 0; i < 3; i++) {
      world.input({ type: 'link', up: false, reason: '/dev/ttyUSB0: it was unplugged' });
      world.pass(1_000);
      world.input({ type: 'link', up: true });
      world.pass(1_000);
    }
    world.input({ type: 'broker', up: false, reason: 'mqtt://broker: the connection was closed' });
    world.pass(1_000);
    world.input({ type: 'broker', up: true });
    world.pass(60_000);
    expect(shown(world, 'reconnects/link')).toBe('3');
    expect(shown(world, 'reconnects/broker')).toBe('1');
    expect(shown(world, 'lastError')).toBe('mqtt://broker: the connection was closed');
  });
});
