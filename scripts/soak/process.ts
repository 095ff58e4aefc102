// The built bridge for some minutes on a bus with many times the usual traffic: the broker works, takes everything and
// acknowledges nothing, is away, works again; the serial server resets its connection now and then.

import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from '../../src/protocol/codec.ts';
import { wire } from '../../src/protocol/slip.ts';
import { startBridge } from '../../test/system/bridge.ts';
import { createFolder } from '../../test/system/folder.ts';
import { createSerialServer } from '../../test/system/serial-server.ts';
import { attach } from '../../test/system/slaves.ts';
import { id, own, slave } from '../../test/world.ts';
import { descriptors, resident } from '../bench/usage.ts';
import { type Mood, startMoodyBroker } from './moody-broker.ts';
import { type Sample, slope } from './slope.ts';

export interface Run {
  readonly minutes: number;
  readonly heartbeats: number;
  /** Connections that the serial server had. */
  readonly links: number;
  /** Resident memory after the first sixth, MB. */
  readonly mostMB: number;
  readonly slopeMBPerHour: number;
  /** What the slope comes to in this run, MB. */
  readonly growthMB: number;
  /** Open descriptors with broker and link up, at the beginning and at the end. */
  readonly descriptors: readonly [number, number];
}

/** In sixths of the run; the first is for warming up. */
const story: readonly Mood[] = ['works', 'works', 'stalls', 'stalls', 'away', 'works'];
const SAMPLED_EVERY = 1_000;
const HEARTBEAT_EVERY = 20;
const RESETS_EVERY = 20_000;
/** After the last change of mood everything must have come back. */
const COMES_BACK_WITHIN = 6_000;
const ids = ['1A2B', '3C4D', '5E6F'];

export async function run(minutes: number): Promise<Run> {
  await using broker = await startMoodyBroker();
  await using folder = await createFolder();
  await using server = await createSerialServer();
  await server.listen();
  using _bus = attach(
    server,
    ids.map((name) => slave(name)),
  );
  await using bridge = await startBridge(folder, {
    'interface.port': server.port,
    'status.MQTT.broker': broker.url,
    'homeassistant.discovery': 'entity',
  });
  await bridge.says(/connected/);
  await sleep(COMES_BACK_WITHIN);
  const atFirst = await descriptors(bridge.pid);

  let heartbeats = 0;
  const chatter = setInterval(() => {
    const sender = id(ids[heartbeats % ids.length] ?? '');
    const actualAmps = 6 + (heartbeats++ % 977) / 100;
    const heartbeat = { name: 'slaveHeartbeat', sender, receiver: own, state: 1, limitAmps: 16, actualAmps } as const;
    server.send(wire(encode(heartbeat)));
  }, HEARTBEAT_EVERY);
  const resets = setInterval(() => server.reset(), RESETS_EVERY);
  const samples: Sample[] = [];
  const startedAt = performance.now();
  for (const [part, mood] of story.entries()) {
    if (mood !== story[part - 1]) broker.become(mood);
    const until = startedAt + ((part + 1) * minutes * 60_000) / story.length;
    while (performance.now() < until) {
      await sleep(SAMPLED_EVERY);
      const at = (performance.now() - startedAt) / 3_600_000;
      if (part > 0) samples.push({ at, value: await resident(bridge.pid) });
    }
  }
  clearInterval(resets);
  await sleep(COMES_BACK_WITHIN);
  clearInterval(chatter);
  const perHour = slope(samples);
  return {
    minutes,
    heartbeats,
    links: server.connections,
    mostMB: Math.max(...samples.map(({ value }) => value)),
    slopeMBPerHour: perHour,
    growthMB: (perHour * minutes) / 60,
    descriptors: [atFirst, await descriptors(bridge.pid)],
  };
}
