// Several nodes of one broker: when the one that we use is gone, the next has everything, soon.

import { expect, test } from 'vitest';
import { largestGap, slave } from '../world.ts';
import { startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { createRabbitMq } from './rabbitmq.ts';
import { createSerialServer } from './serial-server.ts';
import { attach } from './slaves.ts';
import { type Subscriber, subscribe } from './subscriber.ts';
import { observe, until } from './until.ts';

/** Waits for a value that is newer than this moment; how long after the other moment it came (ms). */
async function flows({ messages }: Subscriber, since: number, from = since): Promise<number> {
  const found = await until(
    () => messages.find(({ topic, at }) => topic === 'TWC/1A2B/ampsInUse' && at > since),
    'a value',
    20_000,
  );
  return found.at - from;
}

test('a node that is gone is replaced by the next within 2 s, which then is kept', { timeout: 90_000 }, async () => {
  await using first = await startMosquitto();
  await using second = await startMosquitto();
  await using third = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  let amps = 6;
  const timer = setInterval(() => amps++, 500);
  using _bus = attach(pty, [slave('1A2B', { car: () => ({ amps: 6 + (amps % 20), phases: 3, vin: '' }) })]);
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': [first.url, second.url, third.url],
  });
  await using onSecond = await subscribe(second.url);
  await bridge.says(/info .*: connected$/, 20_000);
  const kill = async (broker: Mosquitto, next: Subscriber) => {
    const from = performance.now();
    await broker.stop('SIGKILL');
    const took = await flows(next, from);
    console.info(`a node is gone: values at the next after ${Math.round(took)} ms`);
    // Everything is there, and soon; much more than it takes, for a busy machine.
    expect(took).toBeLessThan(4_000);
    await next.sees('TWC/status', 'online');
    await next.sees('TWC/1A2B/availability', 'online');
    await next.sees('TWC/1A2B/ampsMax', /./);
  };
  await observe(3_000);
  await kill(first, onSecond);
  await first.restart();
  await observe(5_000);
  // The first is back: no reason to go there.
  expect(bridge.lines.filter((line) => line.endsWith(': connected'))).toHaveLength(2);
  // The third hangs, so the first has to do.
  third.signal('SIGSTOP');
  await using onFirst = await subscribe(first.url);
  await kill(second, onFirst);
  third.signal('SIGCONT');
  clearInterval(timer);
  expect(await bridge.stop()).toMatchObject({ code: 0 });
  await onFirst.sees('TWC/status', 'offline');
});

test('in a real cluster of RabbitMQ a node is killed under load, and every value is current again at the others', {
  timeout: 400_000,
}, async () => {
  await using cluster = await createRabbitMq(3);
  const [first, second, third] = cluster.nodes;
  if (!first || !second || !third) throw new Error('there are three nodes');
  await using server = await createSerialServer();
  await server.listen();
  await using folder = await createFolder();
  let step = 0;
  const timer = setInterval(() => step++, 300);
  const car = (offset: number) => () => ({ amps: 6 + ((step + offset) % 26), phases: 3, vin: '' }) as const;
  using bus = attach(server, [slave('1A2B', { car: car(0) }), slave('3C4D', { car: car(7) })]);
  await using bridge = await startBridge(folder, {
    'interface.port': server.port,
    'status.MQTT.broker': [first.url, second.url, third.url],
    'status.MQTT.refresh': 10,
  });
  const connections = () => bridge.lines.filter((line) => line.endsWith(': connected'));
  await cluster.start();
  // Nothing of ours is connected to this node: what comes here has been carried over.
  await using atThird = await subscribe(third.url, { filter: 'TWC/#' });
  for (const id of ['1A2B', '3C4D']) await atThird.sees(`TWC/${id}/carsCharging`, '1', 60_000);
  expect(connections()).toEqual([expect.stringContaining(first.url)]);
  const held = Object.entries(atThird.values()).flatMap(([topic, payload]) => (payload === '' ? [] : [topic]));

  const from = performance.now();
  await first.kill();
  await until(() => connections().at(-1)?.includes(second.url), 'the next node is taken');
  const took = await flows(atThird, performance.now(), from);
  console.info(`a node of a real cluster is gone: values at another after ${Math.round(took)} ms`);
  expect(took).toBeLessThan(10_000);
  /** Everything that is held has come, for somebody who comes later. */
  const complete = (late: Subscriber) =>
    until(
      () => held.every((topic) => late.value(topic) !== undefined),
      () => `all topics, without ${held.filter((topic) => late.value(topic) === undefined)}`,
    );
  {
    // The node that we use now holds every value.
    await using late = await subscribe(second.url, { filter: held });
    await complete(late);
    const kept = late.messages.filter(({ retained }) => retained).map(({ topic }) => topic);
    expect(new Set(kept)).toEqual(new Set(held));
    // RabbitMQ brings what a node holds to no other node, so there the next refresh brings it.
    await using later = await subscribe(third.url, { filter: held });
    await complete(later);
  }

  // The first is back, which is no reason to go there; then the one that we use is gone as well, at any time.
  const { length } = connections();
  await first.start();
  await using atFirst = await subscribe(first.url, { filter: 'TWC/#' });
  await flows(atFirst, performance.now());
  await observe(3_000 * Math.random());
  expect(connections()).toHaveLength(length);
  const again = performance.now();
  await second.kill();
  await until(() => connections().at(-1)?.includes(third.url), 'the last node is taken');
  const tookAgain = await flows(atFirst, performance.now(), again);
  console.info(`another node is gone: values at the one that was back after ${Math.round(tookAgain)} ms`);
  expect(tookAgain).toBeLessThan(10_000);
  clearInterval(timer);
  // And no charger has noticed.
  expect(largestGap(bus.heartbeats('1A2B').slice(3))).toBeLessThan(2_000);
  await bridge.end('SIGKILL');
  await atThird.sees('TWC/status', 'offline');
});
