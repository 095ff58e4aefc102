// What the broker acknowledges and what it keeps are two things.

import { describe, expect, test } from 'vitest';
import type { Bridge } from '../../src/step.ts';
import { createWorld, defaults, slave, type World } from '../world.ts';

const warnings = (world: World) => world.logs.filter((line) => line.includes('does not keep it'));
const said = (world: World) =>
  world.published.filter(({ topic }) => topic === 'TWC/status').map(({ payload }) => payload);

describe('a broker that acknowledges everything', () => {
  test('and keeps it is no problem, and is told once that we are there', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    expect(warnings(world)).toEqual([]);
    expect(said(world)).toEqual(['online']);
  });

  test('and keeps nothing is told to the owner, once in a connection', () => {
    const world = createWorld({ slaves: [slave('1A2B')], keeps: () => false });
    world.pass(600_000);
    expect(warnings(world)).toEqual([
      'warn the broker acknowledges TWC/status and does not keep it: may this user write and read TWC/#?',
    ]);
    world.input({ type: 'broker', up: false });
    world.input({ type: 'broker', up: true });
    world.pass(600_000);
    expect(warnings(world)).toHaveLength(2);
  });

  test.each(['entity', 'device'] as const)('and not what Home Assistant is told is told to the owner (%s)', (mode) => {
    const discovery = { ...defaults.discovery, mode };
    const kept = createWorld({ slaves: [slave('1A2B')], discovery });
    kept.pass(60_000);
    expect(warnings(kept)).toEqual([]);
    const world = createWorld({ slaves: [slave('1A2B')], discovery, keeps: (topic) => topic.startsWith('TWC/') });
    world.pass(600_000);
    expect(warnings(world)).toEqual([
      expect.stringMatching(
        /^warn the broker acknowledges homeassistant\/\S+\/config and does not keep it: may .*#\?$/,
      ),
    ]);
    const [denied] = /homeassistant\/\S+/.exec(warnings(world)[0] ?? '') ?? [];
    expect(world.published.filter(({ topic }) => topic === denied)).toHaveLength(2);
  });

  test('and has kept it from before only is told to the owner too', () => {
    const world = createWorld({ keeps: () => false });
    world.input({ type: 'message', topic: 'TWC/status', payload: 'online', retained: true });
    world.pass(60_000);
    expect(warnings(world)).toHaveLength(1);
  });

  test('and needs a while until it gives back what we publish is no problem', () => {
    let keeps = false;
    const world = createWorld({ keeps: () => keeps });
    world.pass(2_000);
    keeps = true;
    world.pass(60_000);
    expect(warnings(world)).toEqual([]);
    expect(said(world)).toEqual(['online', 'online']);
  });
});

test('who refuses our status or never answers has told so already', () => {
  const world = createWorld({ acknowledgesAfter: undefined });
  world.pass(1_000);
  world.input({ type: 'delivered', topic: 'TWC/status', refused: true });
  world.pass(60_000);
  expect(warnings(world)).toEqual([]);
});

test('a topic that the broker refuses is not tried again until its value is another, and holds up no other', () => {
  const topic = 'TWC/1A2B/stateText';
  const refusing = (bridge: Bridge): Bridge => ({
    step: (input, now) =>
      bridge.step(input.type === 'delivered' && input.topic === topic ? { ...input, refused: true } : input, now),
    wakeAt: (now) => bridge.wakeAt(now),
    lastFrame: (now) => bridge.lastFrame(now),
    findings: [],
  });
  const tried = createWorld({ slaves: [slave('1A2B')], watched: refusing });
  const plain = createWorld({ slaves: [slave('1A2B')] });
  for (const world of [tried, plain]) world.pass(120_000);
  const all = ({ published }: World) => published.map(({ topic, payload }) => `${topic} ${payload}`);
  expect(all(tried)).toEqual(all(plain));
});

describe('when somebody says that we are gone', () => {
  const gone = { type: 'message', topic: 'TWC/status', payload: 'offline', retained: false } as const;

  test('while we are there, such as the broker for a connection that died unnoticed, we say that we are there', () => {
    const world = createWorld();
    world.pass(10_000);
    world.input(gone);
    world.pass(10_000);
    expect(said(world)).toEqual(['online', 'online']);
  });

  test('after we left, that is so', () => {
    const world = createWorld();
    world.pass(10_000);
    world.input({ type: 'shutdown' });
    world.pass(2_000);
    world.input(gone);
    world.pass(10_000);
    expect(said(world)).toEqual(['online']);
  });
});
