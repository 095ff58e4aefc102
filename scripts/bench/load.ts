// What running bridges cost: CPU and memory with three chargers that charge, all bridges at the same time, each with a bus of
// its own; and how soon each is there.

import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { type Closers, createClosers } from '../../src/io/closers.ts';
import { createFolder } from '../../test/system/folder.ts';
import { startMosquitto } from '../../test/system/mosquitto.ts';
import { start as startProgram } from '../../test/system/program.ts';
import { createPty } from '../../test/system/pty.ts';
import { attach, type Slaves } from '../../test/system/slaves.ts';
import { until } from '../../test/system/until.ts';
import { slave, tesla } from '../../test/world.ts';
import { type Each, type Range, range, round } from './figures.ts';
import { kept, prefixOf, type Side, startSide } from './side.ts';
import { cpu, resident, wakeUps } from './usage.ts';

export const BARE = 'bare Node.js';

export interface Load {
  /** Of one core, %; median and range of the parts of the measurement. */
  readonly cpuPercent: Each<Range>;
  readonly cpuPerFrameMs: Each<number>;
  readonly wakeUpsPerSecond: Each<number>;
  /** Resident memory without a charger, and after the time with three. */
  readonly idleMB: Each<number>;
  readonly loadMB: Each<number>;
}

const SETTLES_FOR = 5_000;
/** In the first half minute the engine compiles what turned out to be used often. */
const WARMS_UP_FOR = 30_000;
const PARTS = 5;

interface Running {
  readonly name: string;
  readonly pid: number;
  readonly bus: Slaves;
  readonly idleMB: number;
}

interface Usage {
  readonly cpu: number;
  readonly wakeUps: number;
  readonly frames: number;
  readonly at: number;
}

export async function load(sides: readonly Side[], seconds: number): Promise<Load> {
  await using closers = createClosers();
  const broker = await kept(closers, startMosquitto({ quiet: true }));
  const bare = await kept(closers, startProgram(sides[0]?.node ?? '', ['-e', 'setInterval(() => {}, 1e6)']));
  const running = await Promise.all(sides.map((side) => run(closers, side, broker.url)));
  await sleep(WARMS_UP_FOR);
  const usages: Usage[][] = [await Promise.all(running.map(usageOf))];
  for (let part = 0; part < PARTS; part++) {
    await sleep((seconds * 1_000) / PARTS);
    usages.push(await Promise.all(running.map(usageOf)));
  }
  const loadMB = await Promise.all(running.map(({ pid }) => resident(pid)));
  const each = <T>(figure: (usages: Usage[], index: number) => T): Each<T> =>
    Object.fromEntries(
      running.map(({ name }, index) => [
        name,
        figure(
          usages.flatMap((one) => one[index] ?? []),
          index,
        ),
      ]),
    );
  const bareMB = { [BARE]: round(await resident(bare.pid), 1) };
  return {
    cpuPercent: each((of) =>
      range(
        of.slice(1).map((one, part) => share(of[part] ?? one, one)),
        2,
      ),
    ),
    cpuPerFrameMs: each(([first, ...more]) => perFrame(first, more.at(-1))),
    wakeUpsPerSecond: each(([first, ...more]) => perSecond(first, more.at(-1))),
    idleMB: { ...each((_, index) => round(running[index]?.idleMB ?? Number.NaN, 1)), ...bareMB },
    loadMB: { ...each((_, index) => round(loadMB[index] ?? Number.NaN, 1)), ...bareMB },
  };
}

/** A bridge with three chargers, whose draw moves all the time so that every heartbeat brings new values. */
async function run(closers: Closers, side: Side, broker: string): Promise<Running> {
  const folder = await kept(closers, createFolder());
  const pty = await kept(closers, createPty());
  const settings = {
    'interface.port': pty.port,
    'status.MQTT.broker': broker,
    'homeassistant.discovery': 'entity',
    'homeassistant.discoveryPrefix': `${prefixOf(side)}-homeassistant`,
  } as const;
  const bridge = await kept(closers, startSide(side, folder, settings));
  await bridge.says(/connected/);
  await bridge.says(/open$/);
  await sleep(SETTLES_FOR);
  const idleMB = await resident(bridge.pid);
  const slaves = ['1A2B', '3C4D', '5E6F'].map((id, i) =>
    slave(id, { car: (now) => ({ ...tesla, amps: 7 + i + Math.sin(now / 5_000) }) }),
  );
  const bus = attach(pty, slaves);
  closers.add(() => bus[Symbol.dispose]());
  await until(() => bus.heard.length > 30, 'the bridge speaks', 20_000);
  return { name: side.name, pid: bridge.pid, bus, idleMB };
}

async function usageOf({ pid, bus }: Running): Promise<Usage> {
  const frames = bus.heard.length + bus.said.length;
  return { cpu: await cpu(pid), wakeUps: await wakeUps(pid), frames, at: performance.now() };
}

function share(from: Usage, to: Usage): number {
  return (100 * (to.cpu - from.cpu)) / (to.at - from.at);
}

function perFrame(from: Usage | undefined, to: Usage | undefined): number {
  return from && to ? round((to.cpu - from.cpu) / (to.frames - from.frames)) : Number.NaN;
}

function perSecond(from: Usage | undefined, to: Usage | undefined): number {
  return from && to ? round((1_000 * (to.wakeUps - from.wakeUps)) / (to.at - from.at), 1) : Number.NaN;
}

/** From the start of the process, with simulated chargers, to the first discovery payload at a subscriber, ms: in turns. */
export async function start(sides: readonly Side[], runs: number): Promise<Each<Range>> {
  const took = new Map<string, number[]>([[BARE, []], ...sides.map(({ name }) => [name, []] as [string, number[]])]);
  for (let run = 0; run < runs; run++) {
    took.get(BARE)?.push(await emptyProgram(sides[0]?.node ?? process.execPath));
    for (const side of run % 2 ? sides.toReversed() : sides) took.get(side.name)?.push(await firstDiscovery(side));
  }
  return Object.fromEntries([...took].map(([name, times]) => [name, range(times, 0)]));
}

async function emptyProgram(node: string): Promise<number> {
  const from = performance.now();
  const program = await startProgram(node, ['-e', '0']);
  await program.ended;
  return performance.now() - from;
}

async function firstDiscovery(side: Side): Promise<number> {
  await using broker = await startMosquitto({ quiet: true });
  await using folder = await createFolder();
  const subscriber = await connectAsync(broker.url);
  await subscriber.subscribeAsync('homeassistant/+/+/+/config');
  const announced = new Promise<number>((resolve) => {
    subscriber.on('message', () => resolve(performance.now()));
  });
  const from = performance.now();
  const settings = { 'interface.port': 'simulator', 'status.MQTT.broker': broker.url } as const;
  await using _bridge = await startSide(side, folder, { ...settings, 'homeassistant.discovery': 'entity' });
  const at = await announced;
  await subscriber.endAsync(true);
  return at - from;
}
