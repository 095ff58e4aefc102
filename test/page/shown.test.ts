// What the heart tells the page: what the topics say, without their rate limit, and what became of a command.

import { expect, test } from 'vitest';
import { createWorld, slave, type World } from '../world.ts';

function shown(world: World): Record<string, string> {
  const all = world.outputs.flatMap((output) => (output.type === 'show' ? output.changes : []));
  return Object.fromEntries(all.map(({ name, payload }) => [name, payload]));
}

function published(world: World): Record<string, string> {
  return Object.fromEntries(world.published.map(({ topic, payload }) => [topic.replace('TWC/', ''), payload]));
}

const slaves = () => [slave('1A2B'), slave('5E6F', { version: 1, car: () => undefined })];

test('it is what a subscriber of every change would know', () => {
  const world = createWorld({ slaves: slaves(), ratelimit: 0 });
  world.pass(30_000);
  expect(Object.keys(published(world)).length).toBeGreaterThan(20);
  expect(shown(world)).toEqual(published(world));
});

test('it is not held back by the rate limit, nor by a broker that is away', () => {
  const limited = createWorld({ slaves: slaves(), ratelimit: 3_600_000 });
  limited.pass(30_000);
  expect(shown(limited)['1A2B/ampsInUse']).toBe('16');
  expect(limited.value('TWC/1A2B/ampsInUse')).not.toBe('16');
  const alone = createWorld({ slaves: slaves(), broker: false });
  alone.pass(30_000);
  expect(shown(alone)).toEqual(shown(limited));
});

test.each([
  ['1A2B/set/limit', '10', undefined],
  ['1A2B/set/limit', 'much', 'expected amperes from 6 to 32, or 0, got "much"'],
  ['9999/set/limit', '10', 'there is no charger 9999'],
])('%s %s is answered at once', (topic, payload, refusal) => {
  const world = createWorld({ slaves: slaves() });
  world.pass(5_000);
  const before = world.outputs.length;
  world.input({ type: 'message', topic: `TWC/${topic}`, payload, retained: false });
  const answers = world.outputs.slice(before).filter((output) => output.type === 'answer');
  expect(answers).toEqual([{ type: 'answer', refusal }]);
});

test.each<[string, Parameters<typeof createWorld>[0]]>([
  ['TWC/elsewhere', {}],
  ['TWC/1A2B/set/limit', { mode: 'listen' }],
])('%s with %j is no command and gets no answer', (topic, settings) => {
  const world = createWorld({ slaves: slaves(), ...settings });
  world.pass(5_000);
  world.input({ type: 'message', topic, payload: '10', retained: false });
  expect(world.outputs.filter((output) => output.type === 'answer')).toEqual([]);
});
