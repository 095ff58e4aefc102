// What a steady minute with three cars that charge costs, counted and not timed. A bound that is passed is a step that does
// more than it has to.

import { beforeAll, describe, expect, test } from 'vitest';
import { createBridge } from '../src/bridge.ts';
import { createSimulatedBus } from '../src/simulator/bus.ts';
import type { Bridge, Input, Output } from '../src/step.ts';
import { bridgeTopics } from '../src/topics/bridge-topics.ts';
import { chargerTopics } from '../src/topics/charger-topics.ts';
import type { Row } from '../src/topics/row.ts';
import { defaults, slave, tesla } from './world.ts';

const MINUTE = 60_000;

/** Of the second minute: in the first one everything is new. */
const counts = { heard: 0, said: 0, rendered: 0, published: 0, woken: 0, wokenForNothing: 0, saved: 0 };

beforeAll(() => {
  let counting = false;
  const count = (what: keyof typeof counts) => void (counting && counts[what]++);
  for (const row of Object.values(chargerTopics)) counted(row, () => count('rendered'));
  for (const row of Object.values(bridgeTopics)) counted(row, () => count('rendered'));
  const slaves = ['1A2B', '3C4D', '5E6F'].map((id, i) =>
    slave(id, { car: (now) => ({ ...tesla, amps: 7 + i + Math.sin(now / 5_000) }) }),
  );
  const bus = createSimulatedBus(slaves);
  const bridge: Bridge = createBridge({ ...defaults, debug: false }, 0);
  let now = 0;

  function give(input: Input): void {
    const outputs = bridge.step(input, now);
    if (input.type === 'time') count('woken');
    if (input.type === 'time' && outputs.length === 0) count('wokenForNothing');
    for (const output of outputs) perform(output);
  }

  function perform(output: Output): void {
    if (output.type === 'publish') {
      count('published');
      give({ type: 'delivered', topic: output.topic });
    } else if (output.type === 'send') {
      count('said');
      bus.write(output.bytes, now);
    } else if (output.type === 'save') count('saved');
  }

  give({ type: 'broker', up: true });
  give({ type: 'link', up: true });
  while (now < 2 * MINUTE) {
    now = Math.max(now + 1, Math.min(bridge.wakeAt(now), bus.wakeAt));
    counting = now >= MINUTE;
    const bytes = bus.read(now);
    if (bytes.length > 0) count('heard');
    give(bytes.length > 0 ? { type: 'bytes', bytes } : { type: 'time' });
  }
});

/** The row counts how often its value is looked at. */
function counted<Subject>(row: Row<Subject>, count: () => void): void {
  const { value } = row;
  if (!value) return;
  const counting: Row<Subject>['value'] = (subject, overview) => {
    count();
    return value(subject, overview);
  };
  Object.assign(row, { value: counting });
}

describe('in a steady minute with three cars that charge', () => {
  test('each charger gets a heartbeat a second, and few questions', () => {
    expect(counts.said).toBeGreaterThan(200);
    expect(counts.said).toBeLessThan(240);
    expect(counts.heard).toBeLessThan(240);
  });

  test('what is heard of a charger makes its own values and those of all together, and no other ones', () => {
    const own = Object.values(chargerTopics).filter(({ value }) => value).length;
    const live = Object.values(bridgeTopics).filter((row) => row.live && row.value).length;
    expect(counts.rendered / counts.heard).toBeLessThan(1.15 * (own + live));
  });

  test('the bridge wakes by itself only when it has something to do', () => {
    expect(counts.woken).toBeLessThan(counts.said * 1.1);
    expect(counts.wokenForNothing).toBeLessThan(12);
  });

  test('little is published for a frame that is heard, and less is saved', () => {
    expect(counts.published / counts.heard).toBeLessThan(8.5);
    expect(counts.saved).toBeLessThan(25);
  });
});
