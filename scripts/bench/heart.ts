// The heart alone, without a process, a bus or a broker: a recorded minute is played to it as fast as it can take it, and
// to many of them at once, as a program that uses it as a library would.

import { fileURLToPath } from 'node:url';
import { createBridge } from '../../src/bridge.ts';
import { createSimulatedBus } from '../../src/simulator/bus.ts';
import type { Bridge, Input, Output } from '../../src/step.ts';
import { heapInUse } from '../../test/fuzz/heap.ts';
import { start } from '../../test/system/program.ts';
import { defaults, slave, tesla } from '../../test/world.ts';
import { type Each, type Range, range, round } from './figures.ts';
import type { Side } from './side.ts';

export interface Heart {
  /** Frames heard and said by one bridge with three chargers, per second of CPU. */
  readonly framesPerSecond: number;
  readonly fleets: readonly Fleet[];
}

interface Fleet {
  readonly chargers: number;
  /** Of one core, for so many chargers in real time, %. */
  readonly cpuPercent: number;
  /** Of CPU per charger and second, µs. */
  readonly perChargerUs: number;
  /** Memory of one bus with its chargers, kB. */
  readonly perBusKB: number;
}

/** Frames per second of CPU of each. */
export type Hearts = Each<Range>;

const once = fileURLToPath(new URL('heart-once.ts', import.meta.url));

/** Each heart in turns, in a process of its own, by its own measurement. */
export async function hearts(sides: readonly Side[], runs: number): Promise<Hearts> {
  const found = new Map(sides.map(({ name }) => [name, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    for (const { name, node, source } of run % 2 ? sides.toReversed() : sides) {
      const program = await start(node, ['--import', 'tsx', once, source]);
      if ((await program.ended) !== 0) throw new Error(program.lines.join('\n'));
      found.get(name)?.push(Number(program.lines.at(-1)));
    }
  }
  return Object.fromEntries([...found].map(([name, speeds]) => [name, range(speeds, 0)]));
}

/** A second of a fleet of a thousand is much; a minute of three is little. */
const LEAST_MS = 1_000;
const SECONDS = 60;

interface Recording {
  readonly events: readonly { readonly at: number; readonly input: Input }[];
  readonly frames: number;
}

export function heart(sizes: readonly number[]): Heart {
  const recordings = new Map([1, 3].map((chargers) => [chargers, recorded(chargers)] as const));
  const three = recordings.get(3) ?? recorded(3);
  play([create()], three);
  const { passes, spent } = repeated(1, three);
  const fleets = sizes.map((chargers): Fleet => {
    const recording = chargers < 3 ? (recordings.get(chargers) ?? three) : three;
    const buses = Math.max(1, Math.round(chargers / 3));
    const before = heapInUse();
    const bridges = Array.from({ length: buses }, create);
    play(bridges, recording);
    const perBus = (heapInUse() - before) / buses;
    const { passes, spent } = repeated(buses, recording);
    const perSecond = spent / passes / SECONDS;
    return {
      chargers,
      cpuPercent: round(perSecond / 10, 3),
      perChargerUs: round((perSecond * 1_000) / chargers, 1),
      // Of so few nothing can be told.
      perBusKB: bridges.length < 10 ? Number.NaN : round(perBus / 1_000, 0),
    };
  });
  return { framesPerSecond: round((three.frames * passes * 1_000) / spent, 0), fleets };
}

/** Plays the recording to new bridges until it took long enough to be measured; CPU in ms. */
function repeated(buses: number, recording: Recording): { passes: number; spent: number } {
  let passes = 0;
  let spent = 0;
  while (spent < LEAST_MS) {
    const bridges = Array.from({ length: buses }, create);
    const from = process.cpuUsage();
    play(bridges, recording);
    const { user, system } = process.cpuUsage(from);
    spent += (user + system) / 1_000;
    passes++;
  }
  return { passes, spent };
}

function create(): Bridge {
  return createBridge({ ...defaults, debug: false }, 0);
}

/** As the shell does it: a step, then the question when to wake. */
function play(bridges: readonly Bridge[], { events }: Recording): void {
  for (const { at, input } of events) {
    for (const bridge of bridges) {
      bridge.step(input, at);
      bridge.wakeAt(at);
    }
  }
}

/** What a bridge was given in a minute with so many chargers; another one that is given the same does the same. */
function recorded(chargers: number): Recording {
  const slaves = ['1A2B', '3C4D', '5E6F']
    .slice(0, chargers)
    .map((id, i) => slave(id, { car: (now) => ({ ...tesla, amps: 7 + i + Math.sin(now / 5_000) }) }));
  const bus = createSimulatedBus(slaves);
  const bridge = create();
  const events: { at: number; input: Input }[] = [];
  const frames = { said: 0, heard: 0 };
  let now = 0;

  function give(input: Input): void {
    events.push({ at: now, input });
    for (const output of bridge.step(input, now)) perform(output);
  }

  function perform(output: Output): void {
    if (output.type === 'publish') give({ type: 'delivered', topic: output.topic });
    if (output.type !== 'send') return;
    frames.said++;
    bus.write(output.bytes, now);
  }

  give({ type: 'broker', up: true });
  give({ type: 'link', up: true });
  while (now < SECONDS * 1_000) {
    now = Math.max(now + 1, Math.min(bridge.wakeAt(now), bus.wakeAt));
    const bytes = bus.read(now);
    if (bytes.length > 0) frames.heard++;
    give(bytes.length > 0 ? { type: 'bytes', bytes } : { type: 'time' });
  }
  return { events, frames: frames.said + frames.heard };
}
