// Replays a capture: the heart gets what it got then, in simulated time, and gives what it makes of it.
//
// The heart says nothing of its own. What was said then is repeated to it, so it knows its orders and recognises its
// echoes, and what it makes of what was heard is what it made of it then: rivals, conflicts and echoes included. If it
// decided again, a timer that came a millisecond late then would make it send something else than what the chargers answered.
// So a replay does not show what another version would have sent.

import { DateTime } from 'luxon';
import { createBridge } from '../bridge.ts';
import type { BridgeSettings } from '../bridge-settings.ts';
import { bridgeSettings } from '../settings.ts';
import type { Input } from '../step.ts';
import type { Capture, Entry, Header } from './format.ts';

/** What the bridge made of it; `at` in milliseconds since the capture began. */
export type Replayed = { readonly at: number } & (
  | { readonly topic: string; readonly payload: string }
  | { readonly level: 'warn' | 'info' | 'debug'; readonly text: string }
);

/** A timer never fires sooner. */
const SHORTEST_WAIT = 1;

/** Everything that is published below the prefix, with no rate limit and a broker that is always there, and logged. */
export function* replay({ header, entries }: Capture, prefix = 'TWC'): Generator<Replayed> {
  let saying: Uint8Array | undefined;
  function saidThen(): Uint8Array | undefined {
    const bytes = saying;
    saying = undefined;
    return bytes;
  }
  const bridge = createBridge({ ...settings(header, prefix), replayedFrame: saidThen }, 0);
  /** The bridge reads back what it says of itself. */
  const status = `${prefix}/status`;
  let now = 0;

  function* step(input: Input, said?: Uint8Array): Generator<Replayed> {
    saying = said;
    for (const output of bridge.step(input, now)) {
      if (output.type === 'log') yield { at: now, level: output.level, text: output.text };
      if (output.type !== 'publish') continue;
      yield { at: now, topic: output.topic, payload: output.payload };
      yield* step({ type: 'delivered', topic: output.topic });
      if (output.topic === status)
        yield* step({ type: 'message', topic: status, payload: output.payload, retained: false });
    }
  }

  function next(): number {
    return Math.max(now + SHORTEST_WAIT, bridge.wakeAt(now));
  }

  yield* step({ type: 'broker', up: true });
  let ordered = false;
  for (const { at, input, said } of steps(entries, prefix)) {
    for (let wake = next(); wake < at; wake = next()) {
      now = wake;
      yield* step({ type: 'time' });
    }
    now = at;
    yield* step(input, said);
    if (ordered || input.type !== 'link' || !input.up) continue;
    ordered = true;
    for (const bytes of header.orders) yield* step({ type: 'time' }, bytes);
  }
}

interface Step {
  readonly at: number;
  readonly input: Input;
  readonly said?: Uint8Array;
}

/** What was said at the time of an input was said in the same step. */
function steps(entries: readonly Entry[], prefix: string): Step[] {
  const all: Step[] = [];
  for (const entry of entries) {
    if (!('said' in entry)) {
      all.push({ at: entry.at, input: input(entry, prefix) });
      continue;
    }
    const { at, said } = entry;
    const before = all.at(-1);
    if (before?.at === at && !before.said) all.splice(-1, 1, { ...before, said });
    else all.push({ at, input: { type: 'time' }, said });
  }
  return all;
}

function settings({ config, known, startedAt }: Header, prefix: string): BridgeSettings {
  const replayed = {
    ...config,
    'status.MQTT.topicPrefix': prefix,
    'status.MQTT.ratelimit': 0,
    'homeassistant.discovery': 'off',
    'log.level': 'debug',
  } as const;
  const state = {
    version: 1,
    clientId: '',
    port: '',
    broker: '',
    announced: [],
    prefixes: [],
    sessions: [],
    ...known,
  } as const;
  const began = DateTime.fromISO(startedAt, { setZone: true });
  const wallClock = (now: number) => began.toMillis() + now;
  return { ...bridgeSettings(replayed, state), wallClock, zone: began.zoneName ?? 'utc' };
}

function input(entry: Exclude<Entry, { said: Uint8Array }>, prefix: string): Input {
  if ('heard' in entry) return { type: 'bytes', bytes: entry.heard };
  if ('asked' in entry) {
    const { asked, payload, retained = false } = entry;
    return { type: 'message', topic: `${prefix}/${asked}`, payload, retained };
  }
  if ('end' in entry) return { type: 'time' };
  return entry.link === 'up' ? { type: 'link', up: true } : { type: 'link', up: false, reason: entry.reason };
}
