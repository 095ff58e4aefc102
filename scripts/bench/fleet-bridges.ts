// Many real bridges on this machine, each with a bus and a charger of its own, at one broker.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningBridge, startBridge } from '../../test/system/bridge.ts';
import { createFolder } from '../../test/system/folder.ts';
import { type Mosquitto, startMosquitto } from '../../test/system/mosquitto.ts';
import { createSerialServer } from '../../test/system/serial-server.ts';
import { attach } from '../../test/system/slaves.ts';
import { type Subscriber, subscribe } from '../../test/system/subscriber.ts';
import { until } from '../../test/system/until.ts';
import { slave, tesla } from '../../test/world.ts';
import { round, spread } from './figures.ts';
import { cpu, resident } from './usage.ts';

export interface Bridges {
  readonly count: number;
  readonly startSeconds: number;
  /** Of one of them. */
  readonly pssMB: number;
  readonly rssMB: number;
  readonly cpuPercent: number;
  readonly brokerCpuPercent: number;
  readonly messagesPerSecond: number;
  /** Of all of them. */
  readonly topicCount: number;
  /** Seconds from the return of the broker until all topics of a bridge have been published again. */
  readonly current: { readonly first: number; readonly median: number; readonly last: number };
  /** What one bridge publishes: names below the prefix, and payloads. */
  readonly topics: ReadonlyMap<string, string>;
}

interface Settings {
  readonly count: number;
  /** How long is measured, and how long the broker is away. */
  readonly seconds: number;
  readonly away: number;
}

const WARMS_UP_FOR = 20_000;
const SLOWEST = 300_000;

export async function bridges({ count, seconds, away }: Settings): Promise<Bridges> {
  await using broker = await startMosquitto({ quiet: true, unlimited: true });
  await using all = await subscribe(broker.url, { filter: 'site/#' });
  await using stack = new Closers();
  const from = performance.now();
  const running: RunningBridge[] = [];
  for (let site = 0; site < count; site++) running.push(await startSite(site, broker, stack));
  const online = () => prefixes(count).every((prefix) => all.value(`${prefix}/1A2B/availability`) === 'online');
  await until(online, 'every charger online', SLOWEST);
  const startSeconds = round((performance.now() - from) / 1_000, 0);
  await sleep(Math.min(WARMS_UP_FOR, 1_000 * seconds));

  const load = await measured(running, broker, all, seconds);
  const held = new Map(Object.entries(all.values()).filter(([, payload]) => payload !== ''));
  await broker.stop('SIGKILL');
  await sleep(1_000 * away);
  all.forget();
  await broker.restart();
  const current = await becomeCurrent(count, [...held.keys()], all);
  const prefix = `${prefixOf(0)}/`;
  const topics = [...held].filter(([topic]) => topic.startsWith(prefix));
  return {
    count,
    startSeconds,
    ...load,
    topicCount: held.size,
    current,
    topics: new Map(topics.map(([topic, payload]) => [topic.slice(prefix.length), payload])),
  };
}

function prefixOf(site: number): string {
  return `site/${site}/TWC`;
}

function prefixes(count: number): string[] {
  return Array.from({ length: count }, (_, site) => prefixOf(site));
}

async function startSite(site: number, broker: Mosquitto, stack: Closers): Promise<RunningBridge> {
  const folder = stack.use(await createFolder());
  const server = stack.use(await createSerialServer());
  await server.listen();
  // The draw moves all the time, at each site in another way.
  const car = (now: number) => ({ ...tesla, amps: 10 + 4 * Math.sin(now / 5_000 + site) });
  const bus = attach(server, [slave('1A2B', { car })]);
  stack.use({ [Symbol.asyncDispose]: async () => bus[Symbol.dispose]() });
  return stack.use(
    await startBridge(folder, {
      'interface.port': server.port,
      'status.MQTT.broker': broker.url,
      'status.MQTT.topicPrefix': prefixOf(site),
      'status.MQTT.ratelimit': 60,
    }),
  );
}

async function measured(running: readonly RunningBridge[], broker: Mosquitto, all: Subscriber, seconds: number) {
  const spent = async () => {
    const each = await Promise.all(running.map(({ pid }) => cpu(pid)));
    return { bridges: sum(each), broker: await cpu(broker.pid), messages: all.messages.length, at: performance.now() };
  };
  const before = await spent();
  await sleep(1_000 * seconds);
  const after = await spent();
  const passed = after.at - before.at;
  const count = running.length;
  return {
    pssMB: round(sum(await Promise.all(running.map(({ pid }) => share(pid)))) / count, 0),
    rssMB: round(sum(await Promise.all(running.map(({ pid }) => resident(pid)))) / count, 0),
    cpuPercent: round((100 * (after.bridges - before.bridges)) / passed / count, 2),
    brokerCpuPercent: round((100 * (after.broker - before.broker)) / passed, 1),
    messagesPerSecond: round((1_000 * (after.messages - before.messages)) / passed, 0),
  };
}

/** Waits until every topic has come again. */
async function becomeCurrent(count: number, topics: readonly string[], all: Subscriber): Promise<Bridges['current']> {
  const from = performance.now();
  const missing = new Set(topics);
  const doneAt = new Map<string, number>();
  let seen = 0;
  const isComplete = () => {
    for (; seen < all.messages.length; seen++) {
      const { topic, at } = all.messages[seen] ?? { topic: '', at: 0 };
      if (missing.delete(topic)) doneAt.set(topic.split('/').slice(0, 3).join('/'), at - from);
    }
    return missing.size === 0;
  };
  await until(isComplete, () => `all topics, without ${[...missing].slice(0, 10)}`, SLOWEST);
  const times = prefixes(count).map((prefix) => doneAt.get(prefix) ?? Number.NaN);
  const inSeconds = (ms: number) => round(ms / 1_000, 1);
  return {
    first: inSeconds(Math.min(...times)),
    median: inSeconds(spread(times).p50),
    last: inSeconds(Math.max(...times)),
  };
}

/** What a process takes of the memory, with its part of what it shares with others, MB. */
async function share(pid: number): Promise<number> {
  return Number(/^Pss:\s*(\d+) kB/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1_024;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Closes what it was given, the last first. */
class Closers implements AsyncDisposable {
  readonly #open: AsyncDisposable[] = [];

  use<T extends AsyncDisposable>(open: T): T {
    this.#open.push(open);
    return open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const open of this.#open.reverse()) await open[Symbol.asyncDispose]();
  }
}
