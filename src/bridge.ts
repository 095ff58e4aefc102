// The heart: outputs = step(input, now). Bytes, the broker's word and time go in; bytes, publications and log lines come
// out. No I/O, no clock, no timer, so a recorded session is a test. `now` is monotonic, in milliseconds.

import { createAudience } from './audience.ts';
import type { Finding } from './bus/finding.ts';
import { createTraffic, type Log, type TrafficSettings } from './bus/traffic.ts';
import { confirmed, type Fleet } from './charger/fleet.ts';
import type { ChargerRecord } from './charger/record.ts';
import type { SessionRecord } from './charger/session-record.ts';
import { createSessions, type SavedSessions, type SessionSettings } from './charger/sessions.ts';
import { createControl, inWords, type LeaseSettings, type SetPoints } from './charger/wishes.ts';
import type { DiscoverySettings } from './home-assistant/discovery.ts';
import { createCondition } from './topics/condition.ts';
import type { Publication } from './topics/publisher.ts';
import { type Request, request, requestTopics } from './topics/requests.ts';
import type { Overview } from './topics/topic.ts';
import { type TopicSettings, values } from './topics/values.ts';

export interface BridgeSettings extends TopicSettings, TrafficSettings, SessionSettings {
  readonly discovery: Omit<DiscoverySettings, 'limits'>;
  readonly lease: LeaseSettings;
  /** The set points known from before a restart. */
  readonly setPoints: SetPoints;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** Whether lines of the level debug are wanted: there is one for every frame. */
  readonly debug: boolean;
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
}

export type Input =
  | { readonly is: 'link'; readonly up: true }
  | { readonly is: 'link'; readonly up: false; readonly reason: string }
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  | { readonly is: 'broker'; readonly up: boolean; readonly reason?: string }
  /** The broker acknowledged, or refused, the last publication of this topic. */
  | { readonly is: 'delivered'; readonly topic: string; readonly refused?: boolean }
  /** A message came on a topic that we subscribed to. */
  | { readonly is: 'message'; readonly topic: string; readonly payload: string; readonly retained: boolean }
  | { readonly is: 'time' }
  /** The bridge is to end: chargers are told first, then comes the output `left`. */
  | { readonly is: 'leave' };

export type Output =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  | ({ readonly do: 'publish' } & Publication)
  /** What topics should say from now on, held back by no limit: for the page. */
  | { readonly do: 'show'; readonly values: readonly Publication[] }
  /** What became of a command: why it was refused, undefined if it was not. */
  | { readonly do: 'answer'; readonly refusal: string | undefined }
  | { readonly do: 'log'; readonly level: 'warn' | 'info' | 'debug'; readonly text: string }
  | { readonly do: 'subscribe'; readonly topic: string }
  | ({ readonly do: 'save' } & Remembered)
  /** A session is over, to be kept for years. */
  | { readonly do: 'record'; readonly session: SessionRecord }
  | { readonly do: 'left' };

/** What is to survive a restart. */
interface Remembered {
  readonly chargers: readonly ChargerRecord[];
  readonly announced: readonly string[];
  readonly setPoints: SetPoints;
  readonly sessions: readonly SavedSessions[];
}

export interface Bridge {
  step(input: Input, now: number): readonly Output[];
  /** When the next `time` is due. */
  wakeAt(now: number): number;
  /** What is wrong and what is worth knowing. */
  readonly findings: readonly Finding[];
}

/** Chargers are told within this time or not at all. */
const LEAVE_WITHIN = 1_000;

export function createBridge(settings: BridgeSettings, startedAt: number): Bridge {
  const condition = createCondition(startedAt);
  const log: Log = (level, text) => {
    if (level === 'debug' && !settings.debug) return;
    const line = typeof text === 'string' ? text : text();
    if (level === 'warn') condition.warned(line);
    outputs.push({ do: 'log', level, text: line });
  };
  const traffic = createTraffic(settings, log, startedAt);
  const control = createControl(settings.limits, settings.lease, settings.setPoints, startedAt);
  const sessions = createSessions(settings, startedAt);
  const inControl = settings.mode === 'master';
  const audience = createAudience(
    {
      ...settings,
      discovery: { ...settings.discovery, limits: settings.limits },
      commands: inControl ? requestTopics(settings.topicPrefix) : [],
    },
    log,
  );
  let outputs: Output[] = [];
  let leaveBy = Number.POSITIVE_INFINITY;
  let shown: Overview | undefined;
  let shownFleet: Fleet | undefined;
  let saved: Remembered = { ...settings, chargers: settings.remembered };

  function take(input: Input, now: number): void {
    condition.took(input);
    switch (input.is) {
      case 'link':
        if (input.up) traffic.opened(now);
        else traffic.closed(input.reason);
        break;
      case 'bytes':
        traffic.hears(input.bytes, now);
        break;
      case 'broker':
        audience.broker(input.up);
        break;
      case 'delivered':
        audience.delivered(input.topic, input.refused === true, now);
        break;
      case 'message':
        takeMessage(input, now);
        break;
      case 'leave':
        leaveBy = now + LEAVE_WITHIN;
        sessions.settle();
        break;
      case 'time':
        break;
    }
  }

  function takeMessage({ topic, payload, retained }: Extract<Input, { is: 'message' }>, now: number): void {
    const asked = inControl && request(topic, payload, retained, { ...settings, fleet: traffic.fleet });
    if (asked) obey(asked, now);
    audience.hears(topic, payload, retained, now);
  }

  function obey(asked: Request, now: number): void {
    outputs.push({ do: 'answer', refusal: 'refusal' in asked ? asked.refusal : undefined });
    if ('command' in asked) {
      control.accept(asked.command, now);
      log('info', `command: ${inWords(asked.command)}`);
    } else {
      log('warn', asked.refusal);
      if (asked.shownAt !== undefined) audience.repeat(asked.shownAt);
    }
  }

  function speak(now: number): void {
    const bytes = traffic.speaks(control.wishes, now);
    if (bytes) outputs.push({ do: 'send', bytes });
  }

  function leave(now: number): void {
    if (leaveBy === Number.POSITIVE_INFINITY) return;
    if (!traffic.leaves() && now < leaveBy) return;
    leaveBy = Number.POSITIVE_INFINITY;
    traffic.closed(undefined);
    audience.ends();
    outputs.push({ do: 'left' });
  }

  /** Values of what has changed since they were last shown. */
  function show(now: number): void {
    const { fleet } = traffic;
    const overview: Overview = {
      chargers: confirmed(fleet),
      limits: settings.limits,
      findings: traffic.findings(control.wishes, now),
      wishes: control.wishes,
      setPoints: control.setPoints,
      leaseLeft: control.leaseLeft(now),
      sessions: sessions.shown,
      inControl,
      condition: condition.at(now, traffic.counts),
    };
    const wishesSame = overview.wishes === shown?.wishes && overview.sessions === shown.sessions;
    const restSame = overview.findings === shown?.findings && overview.condition === shown.condition;
    if (fleet === shownFleet && wishesSame && restSame) return;
    const newest = values(overview, wishesSame ? shownFleet : undefined, settings);
    audience.wants(newest);
    outputs.push({ do: 'show', values: newest });
    shown = overview;
    shownFleet = fleet;
  }

  function tell(now: number): void {
    const { fleet, records } = traffic;
    const { subscriptions, publications } = audience.due(confirmed(fleet), records, now);
    for (const topic of subscriptions) outputs.push({ do: 'subscribe', topic });
    for (const publication of publications) outputs.push({ do: 'publish', ...publication });
  }

  function save(): void {
    const { announced } = audience;
    const { setPoints } = control;
    const newest: Remembered = { chargers: traffic.records, announced, setPoints, sessions: sessions.saved };
    const parts = ['chargers', 'announced', 'setPoints', 'sessions'] as const;
    if (parts.every((part) => newest[part] === saved[part])) return;
    saved = newest;
    outputs.push({ do: 'save', ...saved });
  }

  return {
    step(input, now) {
      outputs = [];
      take(input, now);
      traffic.ages(now);
      for (const session of sessions.watch(traffic.fleet, now)) outputs.push({ do: 'record', session });
      if (control.ages(now)) log('info', 'set points that were given for a time are over');
      speak(now);
      leave(now);
      show(now);
      tell(now);
      save();
      return outputs;
    },
    get findings() {
      return shown?.findings ?? [];
    },
    wakeAt(now) {
      return Math.min(traffic.wakeAt(now), audience.nextAt, control.nextAt, sessions.nextAt, condition.nextAt, leaveBy);
    },
  };
}
