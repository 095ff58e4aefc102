// What is said of a bus on which something is wrong, while the bridge runs.

import { describe, expect, test } from 'vitest';
import { rows } from '../../src/bus/findings.ts';
import { encode } from '../../src/protocol/codec.ts';
import type { SlaveMessage } from '../../src/protocol/messages.ts';
import { wire } from '../../src/protocol/slip.ts';
import { randomness } from '../randomness.ts';
import { changed, createWorld, id, own, slave, switchable, type World } from '../world.ts';
import { swapped } from './uart.ts';

const hello: SlaveMessage = { name: 'slaveLinkready', sender: id('1A2B'), sign: '77', maxAmps: 32 };
const problem = (world: World) => world.value('TWC/problem');
const warnings = (world: World) => world.logs.filter((line) => line.includes('problem: '));

/** These bytes come every so many milliseconds, for a while. */
function hears(world: World, bytes: (count: number) => Uint8Array, every: number, times: number): void {
  for (let i = 0; i < times; i++) {
    world.input({ type: 'bytes', bytes: bytes(i) });
    world.pass(every);
  }
}

/** Spoils every so many bytes of those that the slaves send. */
function spoils(every: number): (bytes: Uint8Array) => Uint8Array {
  let count = 0;
  return (bytes) => bytes.map((byte) => (++count % every === 0 ? byte ^ 0x55 : byte));
}

describe('a bus without chargers', () => {
  test('is a problem after half a minute, once', () => {
    const world = createWorld();
    world.pass(29_000);
    expect(problem(world)).toBe('none');
    world.pass(11_000);
    expect(problem(world)).toMatch(/^No charger is heard: .*rotary switch on F.*D\+ and D-/);
    world.pass(600_000);
    expect(warnings(world)).toHaveLength(1);
  });

  test('is none any more as soon as one speaks', () => {
    let there = false;
    const world = createWorld({ slaves: [switchable(slave('1A2B'), () => there)] });
    world.pass(60_000);
    expect(problem(world)).toContain('No charger is heard');
    there = true;
    world.pass(11_000);
    expect(problem(world)).toBe('none');
  });

  test('is one also when the adapter returns what it sends', () => {
    const world = createWorld({ echo: true });
    world.pass(60_000);
    expect(problem(world)).toContain('No charger is heard');
  });

  test('beside a genuine master is said in other words', () => {
    const world = createWorld({ mode: 'listen' });
    world.pass(60_000);
    expect(problem(world)).toMatch(/^Nothing is heard on the bus: /);
  });
});

describe('bytes that are no frames', () => {
  test('and repeat themselves are swapped wires', () => {
    const world = createWorld();
    hears(world, () => swapped(wire(encode(hello))), 10_000, 8);
    expect(problem(world)).toMatch(
      /^Something is sent on the bus, but not one frame is readable: most likely D\+ and D- are swapped/,
    );
  });

  test.each(['slaveLinkready', 'slaveHeartbeat'] as const)('a %s over swapped wires is never a frame', (name) => {
    const world = createWorld();
    const beat = { sender: id('1A2B'), receiver: own, state: 1, limitAmps: 16, actualAmps: 15.8 };
    const message = name === 'slaveLinkready' ? hello : ({ name, ...beat } as const);
    hears(world, () => swapped(wire(encode(message))), 1_000, 60);
    expect(problem(world)).toContain('not one frame is readable');
    expect([...new Set(world.published.map(({ topic }) => topic))].filter((topic) => topic.includes('1A2B'))).toEqual(
      [],
    );
  });

  test('and are different each time are noise', () => {
    const world = createWorld();
    const random = randomness(7);
    hears(world, () => Uint8Array.from({ length: 12 }, () => random() * 256), 700, 90);
    expect(problem(world)).toMatch(/^Only noise is heard: /);
    expect(warnings(world)).toHaveLength(1);
  });
});

describe('bad frames', () => {
  test('are a problem when they are many, with a number that does not change all the time', () => {
    const random = randomness(3);
    const line = (bytes: Uint8Array) => (random() < 0.15 ? bytes.with(5, (bytes[5] ?? 0) ^ 0x15) : bytes);
    const world = createWorld({ slaves: [slave('1A2B'), slave('3C4D')], line });
    world.pass(500_000);
    expect(problem(world)).toMatch(/^1\d % of the frames are bad: check the termination/);
    expect(warnings(world)).toHaveLength(1);
  });

  test('are a hint when they are some', () => {
    const random = randomness(4);
    const line = (bytes: Uint8Array) => (random() < 0.06 ? bytes.with(5, (bytes[5] ?? 0) ^ 0x15) : bytes);
    const world = createWorld({ slaves: [slave('1A2B')], line });
    world.pass(180_000);
    expect(problem(world)).toBe('none');
    expect(world.logs.filter((line) => /hint: \d % of the frames are bad/.test(line))).toHaveLength(1);
  });

  test('are taken back a while after they are over', () => {
    const spoil = spoils(40);
    let good = false;
    const world = createWorld({ slaves: [slave('1A2B')], line: (bytes) => (good ? bytes : spoil(bytes)) });
    world.pass(90_000);
    expect(problem(world)).toContain('of the frames are bad');
    good = true;
    world.pass(20_000);
    expect(problem(world)).toContain('of the frames are bad');
    world.pass(160_000);
    expect(problem(world)).toBe('none');
  });
});

test('noise between good frames is a hint', () => {
  const random = randomness(9);
  const noise = () => [0xc0, ...Array.from({ length: 8 }, () => 1 + random() * 0xa0), 0xc0];
  const world = createWorld({ slaves: [slave('1A2B')], line: (bytes) => Uint8Array.from([...bytes, ...noise()]) });
  world.pass(120_000);
  expect(problem(world)).toBe('none');
  expect(world.logs.filter((line) => line.includes('hint: Noise between the frames: bias resistors'))).toHaveLength(1);
});

describe('a charger', () => {
  test('that answers now and then only does not hear all, which is a hint', () => {
    let count = 0;
    const line = (bytes: Uint8Array) => (++count % 3 === 0 ? new Uint8Array() : bytes);
    const world = createWorld({ slaves: [slave('1A2B', { version: 1 })], line });
    world.pass(240_000);
    expect(problem(world)).toBe('none');
    expect(world.logs.filter((log) => /hint: \d+ % of the heartbeats are not answered/.test(log))).toHaveLength(1);
  });

  test('that says hello and never answers does not hear us', () => {
    const world = createWorld();
    hears(world, () => wire(encode(hello)), 10_000, 4);
    expect(problem(world)).toMatch(/^1A2B is heard but does not answer: what is sent does not arrive/);
  });

  test('that is new is no problem while it comes', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    expect(warnings(world)).toEqual([]);
  });

  test('that answers after the time for it does so through something that holds bytes back', () => {
    const world = createWorld();
    for (let i = 0; i < 200; i++) {
      if (i % 10 === 0) world.overhear(hello);
      const before = world.said.length;
      world.pass(500);
      const asked = world.said.slice(before).some(({ message }) => message.name.startsWith('masterHeartbeat'));
      if (asked) {
        world.pass(350);
        world.overhear({
          name: 'slaveHeartbeat',
          sender: id('1A2B'),
          receiver: own,
          state: 0,
          limitAmps: 0,
          actualAmps: 0,
        });
      }
      world.pass(150);
    }
    expect(problem(world)).toMatch(/\d+ % of the answers come too late: a serial server holds bytes back/);
  });

  test('that answers to another master is said', () => {
    const world = createWorld({ slaves: [slave('3C4D')] });
    for (let i = 0; i < 12; i++) {
      world.overhear({
        name: 'slaveHeartbeat',
        sender: id('1A2B'),
        receiver: id('4242'),
        state: 0,
        limitAmps: 0,
        actualAmps: 0,
      });
      world.pass(1_000);
    }
    expect(problem(world)).toMatch(/^1A2B answers to another master \(4242\)/);
    world.pass(30_000);
    expect(problem(world)).toBe('none');
  });

  test('that has our id is said', () => {
    const world = createWorld({ slaves: [slave('3C4D')] });
    world.overhear({ ...hello, sender: own });
    world.pass(1_000);
    expect(problem(world)).toMatch(/^A charger has our id 7777: it is asked to choose another/);
    world.pass(45_000);
    expect(problem(world)).toBe('none');
  });

  test('that stays in error is said, with what its light means', () => {
    const world = createWorld();
    for (let i = 0; i < 45; i++) {
      world.overhear({
        name: 'slaveHeartbeat',
        sender: id('1A2B'),
        receiver: own,
        state: 2,
        limitAmps: 0,
        actualAmps: 0,
      });
      world.pass(1_000);
    }
    expect(problem(world)).toMatch(/^1A2B reports an error: count the blinks/);
  });
});

test('listening where no master speaks is a problem', () => {
  const world = createWorld({ mode: 'listen' });
  hears(world, () => wire(encode(hello)), 10_000, 6);
  expect(problem(world)).toMatch(/^No master is heard: without a master no charger charges a car/);
});

test('a lost link is the only problem of a bus', () => {
  const world = createWorld();
  world.pass(60_000);
  world.input({ type: 'link', up: false, reason: '/dev/ttyUSB0: it was unplugged' });
  expect(problem(world)).toBe('/dev/ttyUSB0: it was unplugged');
});

test('every finding has words for what to do, or says it', () => {
  const without = Object.entries(rows).filter(([, { advice }]) => advice === '');
  expect(without.map(([name]) => name)).toEqual(['tooMany', 'sharing']);
  for (const { advice } of Object.values(rows)) expect(advice.length).toBeLessThan(240);
});

test('a unit whose counter is another one is told of once, by name, as a hint', () => {
  let counter = 9_000;
  const unit = slave('1A2B');
  const replaced = changed(unit, {
    nextMessages: (now) =>
      unit
        .nextMessages(now)
        .map((message) => (message.name === 'meterResponse' ? { ...message, energyCounter: counter } : message)),
  });
  const world = createWorld({ slaves: [replaced] });
  world.pass(120_000);
  counter = 20;
  world.pass(900_000);
  expect(problem(world)).toBe('none');
  expect(world.logs.filter((line) => line.includes('hint: The energy counter'))).toEqual([
    expect.stringContaining('The energy counter of 1A2B changed from 9000 to 20'),
  ]);
});
