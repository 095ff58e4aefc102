// The page: one more subscriber of what the topics say. It knows only the values that it is shown, and its commands go the
// way of those that come over MQTT. The bridge works without it.

import type { Finding } from '../bus/finding.ts';
import type { Captures } from '../capture/library.ts';
import type { Log } from '../io/log.ts';
import { createStateWriter, readState, type StateWriter } from '../io/state-file.ts';
import { wallClock } from '../io/wall-clock.ts';
import type { Change } from '../topics/values.ts';
import { isLoopback } from './access.ts';
import { type BusLog, createBusLog, type Line } from './bus-log.ts';
import { files } from './files.ts';
import { listed } from './listed.ts';
import { pageRoutes } from './routes.ts';
import { SAMPLE_EVERY, Samples, sampleColumns } from './samples.ts';
import { type PageServer, type PageServerSettings, servePage } from './server.ts';
import { type ReadSessions, SessionHistory } from './session-history.ts';
import type { Connection, Connections, Events, Facts } from './wire.ts';

export interface PageSettings extends Pick<PageServerSettings, 'address'> {
  readonly facts: Omit<Facts, 'listed' | 'inApp'>;
  readonly topicPrefix: string;
  /** The chargers that are known from before a restart: shown as not heard until they are. */
  readonly knownChargers: readonly string[];
  /** Where the samples of the chart are kept; undefined for nowhere. */
  readonly samplesPath?: string | undefined;
  readonly readSessions: ReadSessions;
  readonly captures: Captures;
  /** What is wrong and what is worth knowing; the same list as long as it is the same. */
  readonly findings: () => readonly Finding[];
  /** Carries out a command; gives why it was refused, undefined if it was not. */
  readonly command: (topic: string, payload: string) => string | undefined;
}

type NewValue = Pick<Change, 'name' | 'payload'>;

export interface Page {
  readonly port: number;
  /** These topics should say this now. */
  show(changes: readonly NewValue[]): void;
  /** A connection of the bridge is there, or gone. */
  connection(of: keyof Connections, is: Connection): void;
  /** These bytes were on the bus. */
  traffic(direction: Line['direction'], bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** Only this can be asked for, so that no other message of the broker can come from here. */
const commands = /^([0-9A-F]{4}\/set|control)\/\w+$/;
const SAVE_EVERY = 10 * 60_000;
/** Lines of the bus log go out together: a browser draws them at once (ms). */
const BUS_LINES_EVERY = 1_000;
const MOST_BUS_LINES = 200;
const LAST_ERROR = 'bridge/lastError';

/** Undefined, with a warning in the log, when it cannot be served. */
export async function startPage(settings: PageSettings, log: Log): Promise<Page | undefined> {
  const { host, port, only } = settings.address;
  let page: Page;
  try {
    page = await openPage(settings);
  } catch (error) {
    const place = `${host || 'all addresses'}, port ${port}`;
    log('warn', `page: not served at ${place}: ${describeError(error)}`);
    return undefined;
  }
  const shown = host.includes(':') ? `[${host}]` : host;
  if (only === undefined) log('info', `page: http://${shown}:${page.port}/`);
  else log('info', `page: served to Home Assistant on port ${page.port}`);
  if (only === undefined && !isLoopback(host)) {
    log('warn', 'page: it has no login: everyone on your network can see it and change limits');
  }
  return page;
}

/** Rejects when it cannot listen. */
export async function openPage(settings: PageSettings): Promise<Page> {
  const page = new LivePage(settings);
  await page.open();
  return page;
}

const connecting: Connection = { up: false, reason: '' };

class LivePage implements Page {
  readonly #settings: PageSettings;
  readonly #values = new Map<string, string>();
  readonly #samples = new Samples(performance.now());
  readonly #sessions: SessionHistory;
  readonly #writer: StateWriter | undefined;
  #connections: Connections = { adapter: connecting, broker: connecting };
  #findings: readonly Finding[] = [];
  #lastError: Events['lastError'] = { text: '', at: 0 };
  #busLog: BusLog | undefined;
  #busLines: Line[] = [];
  #server: PageServer | undefined;
  #timers: readonly NodeJS.Timeout[] = [];
  #unwatch: () => void = () => {};

  constructor(settings: PageSettings) {
    this.#settings = settings;
    this.#sessions = new SessionHistory(settings.readSessions, () => performance.now());
    const { samplesPath } = settings;
    // The chart is no reason to warn: a disk that is full is reported for the state file.
    this.#writer = samplesPath === undefined ? undefined : createStateWriter(samplesPath, () => {});
    for (const id of settings.knownChargers) this.#values.set(`${id}/availability`, 'offline');
  }

  async open(): Promise<void> {
    const { address, captures, samplesPath } = this.#settings;
    const saved = samplesPath === undefined ? undefined : await readState(samplesPath).catch(() => undefined);
    const samples = sampleColumns(saved);
    if (samples) this.#samples.restore(samples, wallClock);
    const command = (topic: string, payload: string) => this.#command(topic, payload);
    const routes = pageRoutes({ files, command, sessions: this.#sessions, captures });
    this.#server = await servePage({ address, routes, snapshot: () => this.#snapshot() });
    this.#unwatch = captures.watch(() => this.#send('capture', captures.now));
    this.#timers = [
      setInterval(() => this.#sample(), SAMPLE_EVERY),
      setInterval(() => this.#save(), SAVE_EVERY).unref(),
      setInterval(() => this.#sendBusLines(), BUS_LINES_EVERY).unref(),
    ];
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  show(newest: readonly NewValue[]): void {
    this.#sample();
    const changed: Record<string, string> = {};
    for (const { name, payload } of newest) {
      if (this.#values.get(name) === payload) continue;
      this.#values.set(name, payload);
      changed[name] = payload;
    }
    const names = Object.keys(changed);
    if (names.some((name) => name.endsWith('/lastSession'))) this.#sessions.changed();
    if (names.length > 0) this.#send('values', changed);
    const error = changed[LAST_ERROR];
    if (error) {
      this.#lastError = { text: error, at: Date.now() };
      this.#send('lastError', this.#lastError);
    }
    const findings = this.#settings.findings();
    if (findings === this.#findings) return;
    this.#findings = findings;
    this.#send('findings', findings);
  }

  connection(of: keyof Connections, is: Connection): void {
    this.#connections = { ...this.#connections, [of]: is };
    this.#send('connections', this.#connections);
  }

  traffic(direction: Line['direction'], bytes: Uint8Array): void {
    if (!this.#server?.streams.busIsWatched) {
      this.#busLog = undefined;
      return;
    }
    this.#busLog ??= createBusLog();
    this.#busLines.push(...this.#busLog.lines(direction, bytes, performance.now()));
    if (this.#busLines.length >= MOST_BUS_LINES) this.#sendBusLines();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#unwatch();
    await this.#server?.close();
    this.#save();
    await this.#writer?.settled();
  }

  #snapshot(): Partial<Events> {
    this.#sample();
    const { facts, address, captures } = this.#settings;
    return {
      facts: { ...facts, inApp: address.only !== undefined, listed },
      history: { ...this.#samples.columns(wallClock), now: Date.now() },
      values: Object.fromEntries(this.#values),
      connections: this.#connections,
      findings: this.#findings,
      lastError: this.#lastError,
      capture: captures.now,
    };
  }

  #command(topic: string, payload: string): string | undefined {
    const { topicPrefix, command } = this.#settings;
    if (!commands.test(topic)) return 'nothing can be set here';
    if (payload === '') return 'expected a value, got nothing';
    return command(`${topicPrefix}/${topic}`, payload);
  }

  #sendBusLines(): void {
    if (this.#busLines.length === 0) return;
    this.#send('bus', this.#busLines);
    this.#busLines = [];
  }

  #sample(): void {
    for (const sample of this.#samples.advance(this.#values, performance.now())) this.#send('sample', sample);
  }

  #save(): void {
    this.#writer?.write(this.#samples.columns(wallClock));
  }

  #send<Name extends keyof Events>(name: Name, content: Events[Name]): void {
    this.#server?.streams.send(name, content);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not use this port',
  ENOTFOUND: 'there is no such host',
};

function describeError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? String(error);
}
