// From the last byte of a heartbeat on the bus to the value at a subscriber: the bridge and the minimal reader in turns, each
// on a bus of its own, with the same broker and the same subscriber, so that whatever else the machine does hits both.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { encode } from '../../src/protocol/codec.ts';
import { wire } from '../../src/protocol/slip.ts';
import { startBridge } from '../../test/system/bridge.ts';
import type { Cable } from '../../test/system/cable.ts';
import { createFolder } from '../../test/system/folder.ts';
import { startMosquitto } from '../../test/system/mosquitto.ts';
import { start } from '../../test/system/program.ts';
import { createPty } from '../../test/system/pty.ts';
import { createSerialServer } from '../../test/system/serial-server.ts';
import { until } from '../../test/system/until.ts';
import { id, own } from '../../test/world.ts';
import { round, type Spread, spread } from './figures.ts';

export interface Latency {
  readonly bridge: Spread;
  readonly minimal: Spread;
  /** The bridge's median to that of the minimal reader. */
  readonly ratio: number;
}

const chargers = ['1A2B', '3C4D', '5E6F'].map(id);
const MOST_TO_WARM_UP = 60;
const LOST_AFTER = 5_000;
const reader = fileURLToPath(new URL('minimal-reader.ts', import.meta.url));

export async function latency(link: 'pty' | 'tcp', samples: number): Promise<Latency> {
  await using broker = await startMosquitto({ quiet: true });
  await using folder = await createFolder();
  await using ofBridge = await cable(link);
  await using ofMinimal = await cable(link);
  await using _bridge = await startBridge(folder, {
    'interface.port': ofBridge.port,
    'status.MQTT.broker': broker.url,
  });
  await using minimal = await start(process.execPath, ['--import', 'tsx', reader, ofMinimal.port, broker.url]);
  await minimal.says(/^reads$/);

  const waiting = new Map<string, (at: number) => void>();
  const subscriber = await connectAsync(broker.url);
  subscriber.on('message', (topic, payload) => waiting.get(`${topic} ${payload}`)?.(performance.now()));
  await subscriber.subscribeAsync('+/+/ampsInUse');

  let probes = 0;
  const sides = [
    { cable: ofBridge, prefix: 'TWC', took: [] as number[] },
    { cable: ofMinimal, prefix: 'minimal', took: [] as number[] },
  ];
  for (const i of chargers.keys()) {
    // A charger is believed when it was heard twice.
    await until(() => probe(ofBridge, 'TWC', i, 200), 'the bridge publishes', 20_000);
  }
  const warmUp = Math.min(samples, MOST_TO_WARM_UP);
  for (let i = 0; i < samples + warmUp; i++) {
    for (const { cable, prefix, took } of i % 2 ? sides : sides.toReversed()) {
      const time = await probe(cable, prefix, i, LOST_AFTER);
      if (time === undefined) throw new Error(`${prefix}: a heartbeat was lost`);
      if (i >= warmUp) took.push(time);
      // Not in step with anything else.
      await sleep(5 + Math.random() * 15);
    }
  }
  await subscriber.endAsync(true);
  const [bridge, least] = sides.map(({ took }) => spread(took));
  if (!bridge || !least) throw new Error('nothing was measured');
  return { bridge, minimal: least, ratio: round(bridge.p50 / least.p50, 2) };

  /** How long one heartbeat takes, ms; undefined if its value does not come. */
  async function probe(cable: Cable, prefix: string, i: number, within: number): Promise<number | undefined> {
    const sender = chargers[i % chargers.length] ?? own;
    // Another value each time, so that each is published.
    const actualAmps = round(8 + (probes++ % 700) / 100, 2);
    const heartbeat = { name: 'slaveHeartbeat', sender, receiver: own, state: 1, limitAmps: 16, actualAmps } as const;
    const bytes = wire(encode(heartbeat));
    const key = `${prefix}/${sender}/ampsInUse ${actualAmps}`;
    const came = new Promise<number>((resolve) => void waiting.set(key, resolve));
    const late = new AbortController();
    const from = performance.now();
    cable.send(bytes);
    const at = await Promise.race([came, sleep(within, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    waiting.delete(key);
    return at === undefined ? undefined : at - from;
  }
}

async function cable(link: 'pty' | 'tcp'): Promise<Cable> {
  if (link === 'pty') return createPty();
  const server = await createSerialServer();
  await server.listen();
  return server;
}
