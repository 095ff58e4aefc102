// Two bridges with one prefix on one broker: each tells its owner, and neither takes the other's announcements away. And a
// prefix that was changed: what lies under the old one goes, unless another bridge lives there.

import { describe, expect, test } from 'vitest';
import { createWorld, slave, type World, type WorldSettings } from '../world.ts';

const discovery = { mode: 'entity', prefix: 'homeassistant', topicPrefix: 'TWC', version: '0.0.0' } as const;

/** Worlds of which the broker is one: what one publishes, others that subscribed to it get. */
function sharing(...all: readonly WorldSettings[]) {
  const held = new Map<string, string>();
  const worlds: World[] = [];
  const passed = new Map<World, number>();
  const subscribed = (world: World) =>
    world.outputs.flatMap((output) => (output.type === 'subscribe' ? [output.topic] : []));
  const matches = (pattern: string, topic: string) =>
    new RegExp(`^${pattern.replaceAll('+', '[^/]+').replace('#', '.*')}$`).test(topic);

  function deliver(): void {
    for (const world of worlds) {
      const from = passed.get(world) ?? 0;
      passed.set(world, world.published.length);
      for (const { topic, payload } of world.published.slice(from)) {
        if (payload === '') held.delete(topic);
        else held.set(topic, payload);
        for (const other of worlds) {
          if (other !== world && subscribed(other).some((pattern) => matches(pattern, topic)))
            other.input({ type: 'message', topic, payload, retained: false });
        }
      }
    }
  }

  function join(settings: WorldSettings): World {
    const world = createWorld(settings);
    worlds.push(world);
    passed.set(world, 0);
    world.pass(10);
    for (const [topic, payload] of held) {
      if (subscribed(world).some((pattern) => matches(pattern, topic)))
        world.input({ type: 'message', topic, payload, retained: true });
    }
    return world;
  }

  for (const settings of all) join(settings);
  return {
    worlds,
    held,
    join,
    leave(world: World) {
      worlds.splice(worlds.indexOf(world), 1);
    },
    pass(milliseconds: number) {
      for (let left = milliseconds; left > 0; left -= 100) {
        for (const world of worlds) world.pass(100);
        deliver();
      }
    },
  };
}

const problems = (world: World) => world.value('TWC/problem');

describe('two bridges with one prefix', () => {
  const broker = sharing(
    { slaves: [slave('1A2B')], instance: 'first', discovery },
    { slaves: [slave('3C4D')], instance: 'second', discovery },
  );
  const [first, second] = broker.worlds as [World, World];
  broker.pass(90_000);

  test('say so, each of the other', () => {
    expect(problems(first)).toContain('Another bridge (second) publishes below TWC/ too');
    expect(problems(second)).toContain('Another bridge (first)');
    expect(first.logs.filter((line) => line.includes('Another bridge'))).toHaveLength(1);
  });

  test('tell their names once a minute, not more', () => {
    const told = first.published.filter(({ topic }) => topic === 'TWC/bridge/instance');
    expect(told.length).toBeGreaterThan(1);
    expect(told.length).toBeLessThan(5);
  });

  test('take nothing from each other', () => {
    expect(broker.held.get('homeassistant/sensor/twc_1a2b/status/config')).toBeDefined();
    expect(broker.held.get('homeassistant/sensor/twc_3c4d/status/config')).toBeDefined();
  });

  test('are content once they are alone', () => {
    broker.leave(second);
    broker.pass(200_000);
    expect(problems(first)).toBe('none');
  });
});

describe('a bridge that gets another prefix', () => {
  const old = createWorld({ slaves: [slave('1A2B')], instance: 'first', discovery });
  old.pass(60_000);
  const saved = old.outputs.findLast((output) => output.type === 'save');
  const renamed: WorldSettings = {
    slaves: [slave('1A2B')],
    instance: 'first',
    topicPrefix: 'Garage',
    discovery: { ...discovery, topicPrefix: 'Garage' },
    savedChargers: saved?.chargers ?? [],
    announced: saved?.announced ?? [],
    prefixes: saved?.prefixes ?? [],
  };

  test('is known to have had the first one', () => {
    expect(saved?.prefixes).toEqual(['TWC']);
  });

  test('takes its topics and announcements from under the old one, and nothing else', () => {
    const broker = sharing();
    for (const { topic, payload } of old.published) if (payload) broker.held.set(topic, payload);
    broker.held.set('TWC/status', 'offline');
    broker.held.set('TWC/others', 'stay');
    const world = broker.join(renamed);
    broker.pass(30_000);
    const left = [...broker.held.keys()].filter((topic) => !/Garage|garage/.test(topic));
    expect(left).toEqual(['TWC/others']);
    expect(world.outputs.findLast((output) => output.type === 'save')?.prefixes).toEqual(['Garage']);
    expect(world.published.filter(({ topic }) => topic.startsWith('TWC/')).at(-1)?.topic).toBe('TWC/status');
  });

  test.each([
    ['its own name', 'other'],
    ['the name of the bridge that left, since that told it last', 'first'],
  ])('leaves everything where another bridge is online under the old one, below %s', (_, name) => {
    const broker = sharing({ slaves: [slave('1A2B')], instance: 'other', discovery });
    broker.pass(60_000);
    broker.held.set('TWC/bridge/instance', name);
    const before = [...broker.held.keys()].sort();
    const world = broker.join(renamed);
    broker.pass(60_000);
    expect([...broker.held.keys()].filter((topic) => !/Garage|garage/.test(topic)).sort()).toEqual(before);
    expect(broker.held.get('TWC/status')).toBe('online');
    expect(world.outputs.findLast((output) => output.type === 'save')?.prefixes).toEqual(['Garage', 'TWC']);
  });

  test('that died a moment ago, so that it still seems to be online, is not another', () => {
    const broker = sharing();
    for (const { topic, payload } of old.published) if (payload) broker.held.set(topic, payload);
    broker.join(renamed);
    broker.pass(30_000);
    expect(broker.held.has('TWC/1A2B/state')).toBe(false);
  });
});
