// The page: one more subscriber of what the topics say. It knows nothing but what it is shown, and asks for things as
// anybody may over MQTT.

import type { Captures } from '../capture/library.ts';
import type { Change } from '../topics/values.ts';
import { createBusLog } from './bus-log.ts';
import { listed } from './listed.ts';
import { captured, getRoutes, type ReadSessions } from './made.ts';
import { createSamples, SAMPLE_EVERY } from './samples.ts';
import { type PageServerSettings, servePage } from './server.ts';
import type { Facts } from './wire.ts';

export interface PageSettings extends Pick<PageServerSettings, 'address'> {
  readonly facts: Omit<Facts, 'listed'>;
  readonly topicPrefix: string;
  readonly readSessions: ReadSessions;
  readonly captures: Captures;
  /** Asks for something on a topic; gives why it was refused, undefined if it was not. */
  readonly command: (topic: string, payload: string) => string | undefined;
}

export interface Page {
  readonly port: number;
  /** These topics should say this now. */
  show(changes: readonly Pick<Change, 'name' | 'payload'>[]): void;
  /** These bytes were on the bus. */
  received(way: 'said' | 'heard', bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** Only this can be asked for, so that no other message of the broker can come from here. */
const commands = /^([0-9A-F]{4}\/set|control)\/\w+$/;

/** Rejects when it can not listen. */
export async function openPage(settings: PageSettings): Promise<Page> {
  const { address, facts, topicPrefix, readSessions, captures, command } = settings;
  const values = new Map<string, string>();
  const history = createSamples(performance.now());
  let busLog: ReturnType<typeof createBusLog> | undefined;
  const server = await servePage({
    address,
    made: getRoutes(readSessions, captures),
    found: (path) => captured(path, captures),
    captures,
    snapshot() {
      noteTime();
      const now = Date.now();
      const until = Math.round(now - (performance.now() - history.lastAt));
      const { samples } = history;
      return {
        facts: { ...facts, listed },
        history: { samples, every: SAMPLE_EVERY, until, now },
        values: Object.fromEntries(values),
        capture: captures.now,
      };
    },
    command(topic, payload) {
      if (!commands.test(topic)) return 'nothing can be set here';
      if (payload === '') return 'expected a value, got nothing';
      return command(`${topicPrefix}/${topic}`, payload);
    },
  });

  function noteTime(): void {
    for (const sample of history.note(values, performance.now())) server.streams.tell('sample', sample);
  }

  const unwatch = captures.watch(() => server.streams.tell('capture', captures.now));
  const minutes = setInterval(noteTime, SAMPLE_EVERY);

  return {
    port: server.port,
    show(newest) {
      noteTime();
      const changed: Record<string, string> = {};
      for (const { name, payload } of newest) {
        if (values.get(name) === payload) continue;
        values.set(name, payload);
        changed[name] = payload;
      }
      if (Object.keys(changed).length > 0) server.streams.tell('values', changed);
    },
    received(way, bytes) {
      if (!server.streams.busIsWatched) {
        busLog = undefined;
        return;
      }
      busLog ??= createBusLog();
      const lines = busLog.lines(way, bytes, performance.now());
      if (lines.length > 0) server.streams.tell('bus', lines);
    },
    async close() {
      clearInterval(minutes);
      unwatch();
      await server.close();
    },
  };
}
