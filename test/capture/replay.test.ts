// What a replay makes of a capture is what the bridge made of it when it was recorded.

import { expect, test } from 'vitest';
import { parseCapture } from '../../src/capture/format.ts';
import { type Replayed, replay } from '../../src/capture/replay.ts';
import { randomness } from '../randomness.ts';
import { id, own, slave, switchable, tesla } from '../world.ts';
import { began, configured, record } from './recording.ts';

interface Value {
  readonly topic: string;
  readonly payload: string;
}

function replayed(text: string): Replayed[] {
  return [...replay(parseCapture(text))];
}

/** How the bridge itself fares is counted once a minute, and not in the same step in a replay. */
function isOfTheBus(topic: string): boolean {
  return !topic.startsWith('TWC/bridge/');
}

/**
 * Every value of each topic in its order. That a problem is over is seen when somebody looks the next time, and a replay
 * does not look as often: of the problems counts which there were, and what is at the end.
 */
function byTopic(values: readonly Value[]): Record<string, string[]> {
  const topics: Record<string, string[]> = {};
  for (const { topic, payload } of values.filter((one) => isOfTheBus(one.topic)))
    topics[topic] = [...(topics[topic] ?? []), payload];
  const problems = topics['TWC/problem'] ?? [];
  const each = new Set(problems.flatMap((text) => text.split('; ')));
  return { ...topics, 'TWC/problem': [...[...each].sort(), problems.at(-1) ?? ''] };
}

function published(made: readonly Replayed[]): Value[] {
  return made.flatMap((one) => ('topic' in one ? [one] : []));
}

function logged(made: readonly Replayed[]): string[] {
  return withoutFrames(made.flatMap((one) => ('level' in one ? [`${one.level} ${one.text}`] : [])));
}

function withoutFrames(lines: readonly string[]): string[] {
  const finding = /^(warn problem|info hint)/;
  const others = lines.filter((line) => !line.startsWith('debug') && !finding.test(line));
  return [...others, ...new Set(lines.filter((line) => finding.test(line)).sort())];
}

/** In the last one an order goes out in the very step in which a charger is heard. */
const seeds = [...Array.from({ length: 15 }, (_, seed) => seed), 107];

test.each(seeds)('what was published live is published by the replay, whatever happens on the bus: seed %i', (seed) => {
  const random = randomness(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const [noisy, echo] = [random() < 0.5, random() < 0.5];
  let now = () => 0;
  const slaves = ['1A2B', '3C4D', '5E6F', '8A9B'].slice(0, 1 + below(4)).map((name) => {
    const [from, until, goneFrom] = [below(60_000), below(240_000), below(200_000)];
    const goneFor = random() < 0.3 ? below(60_000) : 0;
    const car = { amps: 6 + below(26), phases: random() < 0.5 ? 1 : 3, vin: random() < 0.5 ? tesla.vin : '' } as const;
    const unit = slave(name, {
      version: random() < 0.3 ? 1 : 2,
      counterIn: random() < 0.5 ? 'kWh' : 'Wh',
      car: (at) => (at >= from && at < until ? car : undefined),
      ...(random() < 0.2 && { mute: true as const }),
    });
    return switchable(unit, () => now() < goneFrom || now() >= goneFrom + goneFor);
  });
  function line(bytes: Uint8Array): Uint8Array {
    if (!noisy || random() > 0.1) return bytes;
    const damaged = [...bytes];
    damaged.splice(below(damaged.length), below(3), ...Array.from({ length: below(4) }, () => below(256)));
    return Uint8Array.from(damaged);
  }
  const { world, recorder, text } = record({ slaves, line, echo });
  now = world.now;
  const incidents: readonly (() => void)[] = [
    () => world.input({ type: 'link', up: false, reason: 'it was unplugged' }),
    () => world.input({ type: 'link', up: true }),
    () =>
      world.overhear({
        name: 'masterHeartbeat',
        sender: id('4321'),
        receiver: id('1A2B'),
        command: 0,
        masterPluggedIn: false,
      }),
    () => world.overhear({ name: 'slaveLinkready', sender: own, sign: '77', maxAmps: 32 }),
    () => ask('1A2B/set/limit', String(below(40))),
    () => ask('3C4D/set/charging', String(below(2))),
    () => ask('control/maxAmps', String(6 + below(26))),
    () => ask('control/chargeNow', `${below(32)},${below(60)}`),
  ];
  const ask = (topic: string, payload: string) =>
    world.input({ type: 'message', topic: `TWC/${topic}`, payload, retained: random() < 0.1 });
  for (let i = 0; i < 12; i++) {
    world.pass(below(40_000));
    incidents[below(incidents.length)]?.();
  }
  world.pass(30_000);
  void recorder.end('asked to');
  const made = replayed(text());
  expect(byTopic(published(made))).toEqual(byTopic(world.published));
  expect(logged(made)).toEqual(withoutFrames(world.logs));
});

/** What is there at the end. */
function last(values: readonly Value[]): Record<string, string> {
  return Object.fromEntries(values.map(({ topic, payload }) => [topic, payload]));
}

test('a capture that begins while the bridge runs gives the values that the bridge has, but no VIN and no session from before', () => {
  const { world, recorder, file, text } = record({
    slaves: [slave('1A2B'), slave('3C4D', { version: 1 }), slave('5E6F', { car: () => undefined })],
    fromStart: false,
  });
  world.pass(300_000);
  world.input({ type: 'message', topic: 'TWC/1A2B/set/limit', payload: '10', retained: false });
  world.pass(60_000);
  recorder.start(file, began, world.now());
  world.pass(120_000);
  void recorder.end('asked to');
  expect(last(world.published)['TWC/1A2B/currentVehicleVIN']).toBe(tesla.vin);
  // The energy drawn before, the car and the clock of before are not in the capture.
  const sessions = (topic: string) => /\/(session|lastSession|energy|lastHeard|vehicle)/.test(topic);
  const [before, after] = [world.published, published(replayed(text()))].map((values) =>
    last(values.filter(({ topic }) => isOfTheBus(topic) && !sessions(topic))),
  );
  expect(after).toEqual({
    ...before,
    'TWC/1A2B/currentVehicleVIN': '',
    'TWC/3C4D/currentVehicleVIN': '',
  });
});

test('in listen mode the orders are those of the genuine master', () => {
  const { world, text } = record({ mode: 'listen', config: configured({ 'interface.mode': 'listen' }) });
  const [sender, receiver] = [id('4321'), id('1A2B')];
  for (let i = 0; i < 30; i++) {
    world.overhear({
      name: 'masterHeartbeatLimit',
      sender,
      receiver,
      command: 9,
      limitAmps: 16,
      masterPluggedIn: false,
    });
    world.pass(100);
    world.overhear({
      name: 'slaveHeartbeat',
      sender: receiver,
      receiver: sender,
      state: 1,
      limitAmps: 16,
      actualAmps: 15.2,
    });
    world.pass(900);
  }
  const values = last(published(replayed(text())));
  expect(values).toEqual({ ...last(world.published), 'TWC/bridge/instance': '' });
  expect(values).toMatchObject({ 'TWC/1A2B/ampsOffered': '16', 'TWC/1A2B/ampsInUse': '15.2', 'TWC/problem': 'none' });
});

test('our own echo is no other master, and another master is one', () => {
  const { world, text } = record({ slaves: [slave('1A2B')], echo: true });
  world.pass(30_000);
  const rival = { sender: id('4321'), receiver: id('1A2B'), command: 0, masterPluggedIn: false } as const;
  world.overhear({ name: 'masterHeartbeat', ...rival });
  const made = replayed(text());
  const problems = made.filter((one) => 'topic' in one && one.topic === 'TWC/problem');
  expect(problems).toEqual([
    { at: 0, topic: 'TWC/problem', payload: 'none' },
    { at: 30_000, topic: 'TWC/problem', payload: expect.stringContaining('Another master speaks on the bus (4321)') },
  ]);
  expect(logged(made)).toContain('info hint: The adapter returns what it sends: that is recognised and does no harm');
});

test('below another prefix there is nothing below the usual one', () => {
  const { world, text } = record({ slaves: [slave('1A2B')] });
  world.pass(10_000);
  const topics = published([...replay(parseCapture(text()), 'replay/of-mine')]).map(({ topic }) => topic);
  expect(topics.length).toBeGreaterThan(20);
  expect(topics.filter((topic) => !topic.startsWith('replay/of-mine/'))).toEqual([]);
});

test('a charger that falls silent is offline when it was, and not at the end of the silence', () => {
  const { world, recorder, text } = record({ slaves: [switchable(slave('1A2B'), () => world?.now() < 60_000)] });
  world.pass(600_000);
  void recorder.end('asked to');
  const offline = replayed(text()).find((one) => 'payload' in one && one.payload === 'offline');
  expect(offline?.at).toBe(world.published.find(({ payload }) => payload === 'offline')?.at);
});
