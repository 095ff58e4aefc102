// What a bridge publishes, replayed for many sites, each with a connection of its own. It connects again as a bridge does.

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'mqtt-packet';
import { createNodes, type Node } from '../../src/io/nodes.ts';
import { pause } from '../../src/io/retry.ts';
import { until } from '../../test/system/until.ts';
import { round, type Spread, spread } from './figures.ts';
import { cpu, resident } from './usage.ts';

export interface Replay {
  readonly sites: number;
  readonly topicsASite: number;
  /** Until all topics of all sites were taken for the first time. */
  readonly allSeconds: number;
  readonly takenPerSecond: number;
  readonly sentPerSecond: number;
  /** From a publication to its acknowledgement, ms. */
  readonly ack: Spread;
  readonly brokerCpuPercent: number;
  readonly brokerMB: number;
  /** Sites that lost their connection. */
  readonly cut: number;
  readonly away: number;
  /** Seconds from the return of the broker until all topics of a site that was cut off were taken again. */
  readonly current: { readonly median: number; readonly last: number };
}

interface Settings {
  readonly sites: number;
  readonly seconds: number;
  readonly topics: ReadonlyMap<string, string>;
  /** What one site publishes while nothing is wrong. */
  readonly perSecond: number;
}

interface Outage {
  readonly pids: () => readonly number[];
  readonly fail: () => Promise<unknown>;
  /** Seconds. */
  readonly away: number;
  readonly comeBack: () => Promise<unknown>;
}

const SLOWEST = 300_000;
/** So many connect at once at first: a broker has a short queue for those that knock. */
const BURST = 100;
const NEVER = new AbortController().signal;
/** Packets from the broker are an answer to CONNECT or to PUBLISH, and both have this size. */
const ANSWER = 4;

class Site {
  readonly #urls: readonly string[];
  readonly #packets: readonly Buffer[];
  readonly #clientId: string;
  /** As a bridge does it. */
  readonly #nodes = createNodes();
  #socket: Socket | undefined;
  #answered = 0;
  #sentAt: number | undefined;
  #next = 0;
  /** When all topics were taken in this connection; undefined before. */
  currentAt: number | undefined;

  constructor(site: number, urls: readonly string[], topics: ReadonlyMap<string, string>) {
    this.#clientId = `site-${site}`;
    const first = site % urls.length;
    this.#urls = [...urls.slice(first), ...urls.slice(0, first)];
    this.#packets = [...topics].map(([topic, payload], i) =>
      generate({
        cmd: 'publish',
        topic: `site/${site}/TWC/${topic}`,
        payload,
        qos: 1,
        retain: true,
        dup: false,
        messageId: i + 1,
      }),
    );
  }

  /** Connects, and publishes everything; again and again. */
  async keepOpen(acknowledged: (took: number) => void): Promise<never> {
    let downSince = performance.now();
    for (;;) {
      const open = (node: Node) => this.#connect(node, acknowledged);
      const opened = await this.#nodes.open(this.#urls, open, NEVER).catch(() => undefined);
      await opened?.closed;
      if (opened) downSince = performance.now();
      this.currentAt = undefined;
      this.#sentAt = undefined;
      await sleep(pause(performance.now() - downSince));
    }
  }

  /** Resolves when the node has taken us; rejects when it is gone or takes too long. */
  async #connect({ url, clientSuffix, connectWithin }: Node, acknowledged: (took: number) => void) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket = socket;
    this.#answered = 0;
    const clientId = `${this.#clientId}${clientSuffix}`;
    socket.on('connect', () => socket.write(generate({ cmd: 'connect', clientId, keepalive: 0, clean: true })));
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    const late = setTimeout(() => socket.destroy(), connectWithin);
    const isTaken = await new Promise<boolean>((resolve) => {
      void closed.then(() => resolve(false));
      // The first answer is that to CONNECT, and its last byte is 0 where we are welcome.
      socket.once('data', (bytes) => resolve(bytes[ANSWER - 1] === 0));
      socket.on('data', (bytes) => this.#received(bytes, acknowledged));
    });
    clearTimeout(late);
    if (isTaken) return { closed };
    socket.destroy();
    throw new Error(`${url}: not taken`);
  }

  /** Publishes one topic more, unless one is still on its way. */
  publish(): boolean {
    if (this.currentAt === undefined || this.#sentAt !== undefined) return false;
    this.#sentAt = performance.now();
    const packet = this.#packets[this.#next++ % this.#packets.length];
    if (packet) this.#socket?.write(packet);
    return true;
  }

  #received(bytes: Buffer, acknowledged: (took: number) => void): void {
    const before = this.#answered;
    this.#answered += bytes.length;
    // The connection is accepted.
    if (before < ANSWER && this.#answered >= ANSWER) this.#socket?.write(Buffer.concat(this.#packets));
    const now = performance.now();
    if (this.#answered >= ANSWER * (1 + this.#packets.length)) this.currentAt ??= now;
    if (this.#sentAt === undefined) return;
    acknowledged(now - this.#sentAt);
    this.#sentAt = undefined;
  }
}

export async function replay(urls: readonly string[], settings: Settings, outage: Outage): Promise<Replay> {
  const { sites: count, topics } = settings;
  const took: number[] = [];
  const sites = Array.from({ length: count }, (_, site) => new Site(site, urls, topics));
  const areCurrent = () => sites.every(({ currentAt }) => currentAt !== undefined);
  const from = performance.now();
  for (const [i, site] of sites.entries()) {
    void site.keepOpen((ms) => took.push(ms));
    if (i % BURST === BURST - 1) await sleep(100);
  }
  await until(areCurrent, () => `all sites, ${missing(sites)} are missing`, SLOWEST);
  const allSeconds = (performance.now() - from) / 1_000;
  const steady = await published(sites, settings, outage);
  const ack = spread(took);
  const brokerMB = Math.max(...(await Promise.all(outage.pids().map(resident))));

  await outage.fail();
  await sleep(1_000 * Math.max(1, outage.away));
  const cut = sites.filter(({ currentAt }) => currentAt === undefined || currentAt > from + 1_000 * allSeconds);
  const backAt = outage.away > 0 ? performance.now() : performance.now() - 1_000;
  await outage.comeBack();
  await until(areCurrent, () => `all sites, ${missing(sites)} are missing`, SLOWEST);
  const times = cut.map(({ currentAt = Number.NaN }) => currentAt - backAt);
  return {
    sites: count,
    topicsASite: topics.size,
    allSeconds: round(allSeconds, 1),
    takenPerSecond: round((count * topics.size) / allSeconds, 0),
    ...steady,
    ack,
    brokerMB: round(brokerMB, 0),
    cut: cut.length,
    away: outage.away,
    current: { median: round(spread(times).p50 / 1_000, 1), last: round(Math.max(...times) / 1_000, 1) },
  };
}

/** Every site publishes at the pace of a bridge, in turns. */
async function published(sites: readonly Site[], { seconds, perSecond }: Settings, { pids }: Outage) {
  const spent = async () => (await Promise.all(pids().map(cpu))).reduce((total, ms) => total + ms, 0);
  const before = await spent();
  const from = performance.now();
  const due = () => ((performance.now() - from) / 1_000) * perSecond * sites.length;
  let sent = 0;
  let turn = 0;
  while (performance.now() < from + 1_000 * seconds) {
    for (const until = due(); turn < until; turn++) if (sites[turn % sites.length]?.publish()) sent++;
    await sleep(2);
  }
  const passed = performance.now() - from;
  return {
    sentPerSecond: round((1_000 * sent) / passed, 0),
    brokerCpuPercent: round((100 * ((await spent()) - before)) / passed, 0),
  };
}

function missing(sites: readonly Site[]): number {
  return sites.filter(({ currentAt }) => currentAt === undefined).length;
}
