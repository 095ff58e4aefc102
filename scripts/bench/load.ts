// What the running bridge costs: CPU and memory with three chargers that charge, and how soon it is there.

import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { startBridge } from '../../test/system/bridge.ts';
import { createFolder } from '../../test/system/folder.ts';
import { startMosquitto } from '../../test/system/mosquitto.ts';
import { createPty } from '../../test/system/pty.ts';
import { attach } from '../../test/system/slaves.ts';
import { until } from '../../test/system/until.ts';
import { slave, tesla } from '../../test/world.ts';
import { median, round } from './figures.ts';
import { cpu, resident } from './usage.ts';

export interface Load {
  readonly seconds: number;
  /** Heard and said. */
  readonly frames: number;
  /** Of one core, %. */
  readonly cpuPercent: number;
  readonly cpuPerFrameMs: number;
  /** Resident memory without a charger, and after the time with three. */
  readonly idleMB: number;
  readonly loadMB: number;
}

const SETTLES_FOR = 5_000;
/** In the first half minute the engine compiles what turned out to be used often. */
const WARMS_UP_FOR = 30_000;

export async function load(seconds: number): Promise<Load> {
  await using broker = await startMosquitto({ quiet: true });
  await using folder = await createFolder();
  await using pty = await createPty();
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    'homeassistant.discovery': 'entity',
  });
  await bridge.says(/connected/);
  await bridge.says(/open$/);
  await sleep(SETTLES_FOR);
  const idleMB = await resident(bridge.pid);
  // The draw moves all the time, so every heartbeat brings new values.
  const slaves = ['1A2B', '3C4D', '5E6F'].map((id, i) =>
    slave(id, { car: (now) => ({ ...tesla, amps: 7 + i + Math.sin(now / 5_000) }) }),
  );
  using bus = attach(pty, slaves);
  await until(() => bus.heard.length > 30, 'the bridge speaks', 20_000);
  await sleep(WARMS_UP_FOR);
  const frames = () => bus.heard.length + bus.said.length;
  const before = { cpu: await cpu(bridge.pid), frames: frames(), at: performance.now() };
  await sleep(seconds * 1_000);
  const spent = (await cpu(bridge.pid)) - before.cpu;
  const passed = performance.now() - before.at;
  const carried = frames() - before.frames;
  return {
    seconds: round(passed / 1_000, 1),
    frames: carried,
    cpuPercent: round((100 * spent) / passed, 2),
    cpuPerFrameMs: round(spent / carried),
    idleMB: round(idleMB, 1),
    loadMB: round(await resident(bridge.pid), 1),
  };
}

export interface Start {
  readonly runs: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

/** From the start of the process, with simulated chargers, to the first discovery payload at a subscriber. */
export async function start(runs: number): Promise<Start> {
  const took: number[] = [];
  for (let run = 0; run < runs; run++) {
    await using broker = await startMosquitto({ quiet: true });
    await using folder = await createFolder();
    const subscriber = await connectAsync(broker.url);
    const announced = new Promise<number>((resolve) => {
      subscriber.on('message', () => resolve(performance.now()));
    });
    await subscriber.subscribeAsync('homeassistant/+/+/+/config');
    const from = performance.now();
    await using _bridge = await startBridge(folder, {
      'interface.port': 'simulator',
      'status.MQTT.broker': broker.url,
      'homeassistant.discovery': 'entity',
    });
    took.push((await announced) - from);
    await subscriber.endAsync(true);
  }
  return { runs, medianMs: round(median(took), 0), slowestMs: round(Math.max(...took), 0) };
}
