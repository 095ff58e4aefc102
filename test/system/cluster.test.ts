// Several nodes of one broker: when the one that we use is gone, the next has everything, soon.

import { expect, test } from 'vitest';
import { slave } from '../world.ts';
import { startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { type Subscriber, subscribe } from './subscriber.ts';
import { observe, until } from './until.ts';

/** When the first value came to this subscriber after that moment. */
async function flows({ messages }: Subscriber, from: number): Promise<number> {
  const found = await until(
    () => messages.find(({ topic, at }) => topic === 'TWC/1A2B/ampsInUse' && at > from),
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
