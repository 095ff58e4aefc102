// Whether a car is plugged in: what is known, and what nobody can know.

import { describe, expect, test } from 'vitest';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import { plug } from '../../src/charger/plug.ts';
import { createWorld, id, slave, tesla } from '../world.ts';

const NOW = 100_000;
const idle: Charger = { ...newCharger(id('1A2B'), 0), heardAt: NOW, online: true, confirmed: true };
const charging: Charger = { ...idle, charging: { on: true, since: 0, below: undefined } };

function saying(state: number, limitAmps = 0): Charger {
  return { ...idle, heartbeat: { state, limitAmps, actualAmps: 0, at: NOW } };
}

function answering(state: number, charger: Charger, ago = 1_000): Charger {
  return { ...charger, plugged: { ...charger.plugged, answer: { state, at: NOW - ago } } };
}

describe('a charger', () => {
  test.each<[string, Charger, string]>([
    ['that has told nothing', idle, 'unknown'],
    ['whose car charges', charging, 'plugged'],
    ['that is ready: empty, or with a sleeping car', saying(0), 'unknown'],
    ['that is ready and holds a limit', saying(0, 6), 'plugged'],
    ['that charges', saying(1), 'plugged'],
    ['whose car left a moment ago', { ...saying(0), charging: charging.charging }, 'unknown'],
    ['in error', saying(2), 'unknown'],
    ...[3, 4, 5, 6, 7, 8, 10].map((state): [string, Charger, string] => [
      `in state ${state}`,
      saying(state),
      'plugged',
    ]),
    ['that echoes a command and takes no limit', saying(9), 'unknown'],
    ['that settles on its limit', saying(9, 16), 'plugged'],
    ['in a state that is not in the table', saying(15), 'unknown'],
    ['that was asked and has no car', answering(0, saying(0)), 'unplugged'],
    ['that was asked and has a car that sleeps', answering(3, saying(0)), 'plugged'],
    ['that was asked and charges', answering(1, saying(0)), 'plugged'],
    ['that was asked and does not know', answering(2, saying(0)), 'unknown'],
    ['that was asked and does not know, but waits for a limit', answering(2, saying(4)), 'plugged'],
    ['that was asked, with an answer that nobody knows', answering(7, saying(0)), 'unknown'],
    ['whose answer is the truth, whatever its state', answering(0, saying(4)), 'unplugged'],
    ['whose current is a car, whatever its answer', answering(0, charging), 'plugged'],
    ['whose answer is old', answering(0, saying(0), 35_000), 'unknown'],
    ['that is offline', { ...answering(3, saying(4)), online: false }, 'unknown'],
  ])('%s', (_, charger, expected) => {
    expect(plug(charger)).toBe(expected);
  });
});

test('with the question a car is seen to come and go; without it nobody knows that it is gone', () => {
  const seen = (askPlugState: boolean) => {
    const car = (now: number) => (now >= 60_000 && now < 300_000 ? tesla : undefined);
    const world = createWorld({ slaves: [slave('1A2B', { car })], askPlugState });
    return [50_000, 30_000, 240_000].map((time) => {
      world.pass(time);
      return world.value('TWC/1A2B/plug');
    });
  };
  expect(seen(true)).toEqual(['unplugged', 'plugged', 'unplugged']);
  expect(seen(false)).toEqual(['unknown', 'plugged', 'unknown']);
});
