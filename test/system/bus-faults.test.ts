// The bus misbehaves while everything else is well: a charger goes, one has our id, another master speaks, the line is bad.

import { expect, test } from 'vitest';
import type { TwcId } from '../../src/protocol/field.ts';
import { id, own, slave } from '../world.ts';
import { createScene, type Scene } from './scene.ts';
import { observe, until } from './until.ts';

const ended = { code: 0, took: expect.toSatisfy((took: number) => took < 3_000) };
const says = (scene: Scene, pattern: RegExp) => scene.bridge.lines.filter((line) => pattern.test(line));

test.concurrent('a charger that goes and comes back, and one line for each', async () => {
  await using scene = await createScene();
  const { bus, subscriber, bridge } = scene;
  await scene.flows(0);
  bus.mute('1A2B');
  await subscriber.sees('TWC/1A2B/availability', 'offline', 40_000);
  await subscriber.sees('TWC/all/totalAmpsInUse', '0');
  const from = performance.now();
  bus.unmute('1A2B');
  await subscriber.sees('TWC/1A2B/availability', 'online');
  const took = await scene.flows(from);
  console.info(`a charger that comes back: values flow again after ${Math.round(took)} ms`);
  expect(says(scene, / 1A2B: (not heard any more, offline|online)/)).toEqual([
    expect.stringContaining('online'),
    expect.stringContaining('offline'),
    expect.stringContaining('online'),
  ]);
  bus.mute('1A2B');
  await observe(2_000);
  expect(await bridge.stop()).toEqual(ended);
});

test.concurrent('another master that appears silences us until it has been gone for 15 s', {
  timeout: 90_000,
}, async () => {
  await using scene = await createScene();
  const { bus, subscriber, bridge } = scene;
  await scene.flows(0);
  const rival = slave('4242').id;
  const known = scene.news().length;
  const speaks = () => bus.say({ name: 'masterLinkready1', sender: rival, sign: '77' });
  speaks();
  await subscriber.sees('TWC/problem', /Another master speaks on the bus \(4242\)/, 2_000);
  const before = bus.heard.length;
  for (let seconds = 0; seconds < 10; seconds++) {
    await observe(1_000);
    speaks();
  }
  const from = performance.now();
  await observe(14_000);
  expect(bus.heard.length).toBe(before);
  await subscriber.sees('TWC/problem', 'none', 5_000);
  const silent = performance.now() - from;
  expect(silent).toBeGreaterThan(14_500);
  await scene.flows(performance.now());
  expect(scene.news().slice(known)).toEqual([
    expect.stringMatching(/warn .*Another master speaks on the bus \(4242\)/),
    'info  no other master is heard any more: we speak again',
  ]);
  speaks();
  await observe(500);
  expect(await bridge.stop()).toEqual(ended);
});

test.concurrent('a charger with our own id is asked to take another, which it does', { timeout: 90_000 }, async () => {
  await using scene = await createScene();
  const { bus, subscriber } = scene;
  await scene.flows(0);
  const known = scene.news().length;
  const announces = (sender: TwcId) => bus.say({ name: 'slaveLinkready', sender, sign: '52', maxAmps: 32 });
  const asked = () => bus.heard.filter(({ message }) => message.name === 'masterLinkready2').length;
  const before = asked();
  announces(own);
  await subscriber.sees('TWC/problem', /A charger has our id 7777/, 2_000);
  await until(() => asked() === before + 5, 'we say whose id it is');
  announces(id('5E6F'));
  await until(() => bus.heartbeats('5E6F').length > 2, 'it has its master under the other id');
  await subscriber.sees('TWC/problem', 'none', 40_000);
  expect(scene.news().slice(known)).toEqual([
    expect.stringMatching(/warn .*A charger has our id 7777/),
    'info  no charger has our id 7777 any more',
  ]);
  await scene.flows(performance.now());
});

test.concurrent('with every twentieth frame spoilt and noise between them the charger stays, and so does its master', async () => {
  await using scene = await createScene({ line: badLine() });
  const { bus, subscriber, bridge } = scene;
  await scene.flows(0);
  await observe(30_000);
  await scene.flows(performance.now());
  const said = new Set(bus.said.flatMap((one) => ('actualAmps' in one ? [String(one.actualAmps)] : [])));
  const told = subscriber.messages.filter(({ topic }) => topic === 'TWC/1A2B/ampsInUse');
  expect(told.length).toBeGreaterThan(10);
  expect(told.filter(({ payload }) => !said.has(payload))).toEqual([]);
  const chargers = Object.keys(subscriber.values()).filter((topic) => /^TWC\/[0-9A-F]{4}\//.test(topic));
  expect(chargers.filter((topic) => !topic.startsWith('TWC/1A2B/'))).toEqual([]);
  expect(subscriber.value('TWC/1A2B/availability')).toBe('online');
  const met = subscriber.messages.findIndex(
    ({ payload, topic }) => topic === 'TWC/1A2B/availability' && payload === 'online',
  );
  expect(subscriber.messages.slice(met).filter(({ payload }) => payload === 'offline')).toEqual([]);
  expect(await bridge.stop()).toEqual(ended);
});

/** Noise before each packet, and every twentieth packet with a wrong byte somewhere. */
function badLine(): (bytes: Uint8Array) => readonly Uint8Array[] {
  let packets = 0;
  return (bytes) => {
    packets++;
    const at = (packets * 7) % bytes.length;
    const arrives = packets % 20 === 0 ? bytes.with(at, (bytes[at] ?? 0) ^ 0x5a) : bytes;
    return [Uint8Array.from({ length: packets % 9 }, (_, i) => (packets * 31 + i * 17) % 256), arrives];
  };
}
