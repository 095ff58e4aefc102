// From the last byte of a heartbeat on the bus to the value at a subscriber: each bridge and the minimal reader in turns, each
// on a bus of its own, with the same broker and the same subscriber, so that whatever else the machine does hits all.

import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { createClosers } from '../../src/io/closers.ts';
import { encode } from '../../src/protocol/codec.ts';
import { wire } from '../../src/protocol/slip.ts';
import type { Cable } from '../../test/system/cable.ts';
import { createFolder } from '../../test/system/folder.ts';
import { startMosquitto } from '../../test/system/mosquitto.ts';
import { createPty } from '../../test/system/pty.ts';
import { createSerialServer } from '../../test/system/serial-server.ts';
import { until } from '../../test/system/until.ts';
import { id, own } from '../../test/world.ts';
import { type Each, round, type Spread, spread } from './figures.ts';
import { kept, prefixOf, type Side, startMinimalReader, startSide } from './side.ts';

export interface Latency {
  readonly took: Each<Spread>;
  /** The median of each to that of the minimal reader. */
  readonly ratio: Each<number>;
}

export const MINIMAL = 'minimal reader';

const chargers = ['1A2B', '3C4D', '5E6F'].map(id);
const MOST_TO_WARM_UP = 60;
const LOST_AFTER = 5_000;

interface Measured {
  readonly name: string;
  readonly prefix: string;
  readonly cable: Cable;
  readonly took: number[];
}

export async function latency(link: 'pty' | 'tcp', sides: readonly Side[], samples: number): Promise<Latency> {
  await using closers = createClosers();
  const broker = await kept(closers, startMosquitto({ quiet: true }));
  const measured: Measured[] = [];
  for (const side of sides) {
    const bus = await kept(closers, cable(link));
    const folder = await kept(closers, createFolder());
    const settings = { 'interface.port': bus.port, 'status.MQTT.broker': broker.url };
    await kept(closers, startSide(side, folder, settings));
    measured.push({ name: side.name, prefix: prefixOf(side), cable: bus, took: [] });
  }
  const bus = await kept(closers, cable(link));
  const folder = await kept(closers, createFolder());
  await kept(closers, startMinimalReader(sides[0]?.node ?? process.execPath, folder, [bus.port, broker.url]));
  const minimal = { name: MINIMAL, prefix: 'minimal', cable: bus, took: [] };
  await inTurns([...measured, minimal], broker.url, samples);
  const took = Object.fromEntries([...measured, minimal].map((one) => [one.name, spread(one.took)]));
  const least = took[MINIMAL]?.p50 ?? Number.NaN;
  return {
    took,
    ratio: Object.fromEntries(measured.map(({ name, took }) => [name, round(spread(took).p50 / least, 2)])),
  };
}

/** One heartbeat to each, over and over, in an order that changes. */
async function inTurns(measured: readonly Measured[], broker: string, samples: number): Promise<void> {
  const waiting = new Map<string, (at: number) => void>();
  const subscriber = await connectAsync(broker);
  subscriber.on('message', (topic, payload) => waiting.get(`${topic} ${payload}`)?.(performance.now()));
  await subscriber.subscribeAsync('+/+/ampsInUse');
  let probes = 0;
  for (const one of measured) {
    // A charger is believed when it was heard twice.
    const published = (i: number) => until(() => probe(one, i, 200), `${one.name} publishes`, 20_000);
    for (const i of chargers.keys()) await published(i);
  }
  const warmUp = Math.min(samples, MOST_TO_WARM_UP);
  for (let i = 0; i < samples + warmUp; i++) {
    for (const one of i % 2 ? measured : measured.toReversed()) {
      const time = await probe(one, i, LOST_AFTER);
      if (time === undefined) throw new Error(`${one.name}: a heartbeat was lost`);
      if (i >= warmUp) one.took.push(time);
      // Not in step with anything else.
      await sleep(5 + Math.random() * 15);
    }
  }
  await subscriber.endAsync(true);

  /** How long one heartbeat takes, ms; undefined if its value does not come. */
  async function probe({ cable, prefix }: Measured, i: number, within: number): Promise<number | undefined> {
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
