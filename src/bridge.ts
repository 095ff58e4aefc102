// The heart: outputs = step(input, now). Bytes, the broker's word and time go in; bytes, publications and log lines come
// out. No I/O, no clock, no timer, so a recorded session is a test. `now` is monotonic, in milliseconds.

import { type Bus, createListener } from './bus/bus.ts';
import { createMaster, type Master } from './bus/master.ts';
import { type Charger, type ChargerRecord, record, remembered } from './charger/charger.ts';
import type { EnergyUnit } from './charger/energy.ts';
import { aged, commanded, confirmed, type Fleet, met, nextChange, speaker } from './charger/fleet.ts';
import { news } from './charger/news.ts';
import type { Limits } from './charger/share.ts';
import { createAnnouncer } from './home-assistant/announcer.ts';
import type { DiscoverySettings } from './home-assistant/discovery.ts';
import { decode, encode } from './protocol/codec.ts';
import type { TwcId } from './protocol/field.ts';
import type { Message } from './protocol/messages.ts';
import { createCutter, wire } from './protocol/slip.ts';
import { createPublisher, type Publication } from './topics/publisher.ts';
import { type TopicSettings, values } from './topics/values.ts';

export interface BridgeSettings extends TopicSettings {
  /** `listen`: a genuine master is on the bus and nothing is ever sent. */
  readonly mode: 'master' | 'listen';
  /** Our own TWCID as master. */
  readonly id: TwcId;
  readonly limits: Limits;
  readonly energyUnit: EnergyUnit;
  /** The chargers known from before a restart. */
  readonly remembered: readonly ChargerRecord[];
  readonly discovery: DiscoverySettings;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
}

export type Input =
  | { readonly is: 'link'; readonly up: true }
  | { readonly is: 'link'; readonly up: false; readonly reason: string }
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  | { readonly is: 'broker'; readonly up: boolean }
  /** The broker acknowledged, or refused, the last publication of this topic. */
  | { readonly is: 'delivered'; readonly topic: string }
  /** A message came on a topic that we subscribed to. */
  | { readonly is: 'message'; readonly topic: string; readonly payload: string; readonly retained: boolean }
  | { readonly is: 'time' }
  /** The bridge is to end: chargers are told first, then comes the output `left`. */
  | { readonly is: 'leave' };

type Level = 'error' | 'warn' | 'info' | 'debug';

export type Output =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  | ({ readonly do: 'publish' } & Publication)
  | { readonly do: 'log'; readonly level: Level; readonly text: string }
  | { readonly do: 'subscribe'; readonly topic: string }
  | { readonly do: 'save'; readonly chargers: readonly ChargerRecord[]; readonly announced: readonly string[] }
  | { readonly do: 'left' };

export interface Bridge {
  step(input: Input, now: number): readonly Output[];
  /** When the next `time` is due. */
  wakeAt(now: number): number;
}

/** A genuine master tells its slaves that they are too many; three is what the manual allows, and a master may be the fourth. */
const MOST_SLAVES = 3;
/** Home Assistant needs no more often another version of an announcement, and may lose entities to one that comes sooner. */
const ANNOUNCED_EVERY = 5_000;
/** After Home Assistant's birth message everything is said again within this time. */
const BIRTH_WITHIN = 3_000;
/** A refused unit is reported for this long after it was last heard: it announces itself every 10 s. */
const REFUSED_FOR = 30_000;
/** Chargers are told the farewell limit within this time or not at all. */
const LEAVE_WITHIN = 1_000;

export function createBridge(settings: BridgeSettings, startedAt: number): Bridge {
  const cutter = createCutter();
  const publisher = createPublisher();
  /** Units for which there is no room, and when they were last heard. */
  const birthTopic = `${settings.discovery.prefix}/status`;
  const refused = new Map<TwcId, number>();
  let fleet: Fleet = new Map(settings.remembered.map((known) => [known.id, remembered(known, startedAt)]));
  let bus: Bus | Master | undefined;
  let brokerUp = false;
  let linkDown = 'the link is not open yet';
  let leaveBy: number | undefined;
  let shownFleet: Fleet | undefined;
  let shownTroubles = '';
  const announcer = createAnnouncer(settings.discovery, settings.announced);
  const subscribed = new Set<string>();
  let announcedFor: string | undefined;
  let replayAt = Number.POSITIVE_INFINITY;
  let saved = JSON.stringify([recordsOf(fleet), settings.announced]);
  let outputs: Output[] = [];

  function log(level: Level, text: string): void {
    outputs.push({ do: 'log', level, text });
  }

  function take(input: Input, now: number): void {
    switch (input.is) {
      case 'link':
        bus = input.up ? openBus(now) : undefined;
        linkDown = input.up ? '' : input.reason;
        break;
      case 'bytes':
        takeBytes(input.bytes, now);
        break;
      case 'broker':
        brokerUp = input.up;
        subscribed.clear();
        if (input.up) publisher.connected();
        else publisher.disconnected();
        break;
      case 'delivered':
        publisher.delivered(input.topic);
        if (announcer.delivered(input.topic, now)) publisher.forget(input.topic);
        break;
      case 'message':
        takeMessage(input, now);
        break;
      case 'leave':
        leaveBy = now + LEAVE_WITHIN;
        break;
      case 'time':
        break;
    }
  }

  function takeMessage({ topic, payload, retained }: Extract<Input, { is: 'message' }>, now: number): void {
    if (topic === birthTopic) {
      if (payload === 'online' && !retained) replayAt = now + settings.random() * BIRTH_WITHIN;
      return;
    }
    const heard = announcer.heard(topic, payload);
    if (heard === 'found') announcedFor = undefined;
    if (heard !== 'deleted') return;
    publisher.forget(topic);
    log('info', `${topic}: deleted in Home Assistant, not announced again before a restart`);
  }

  function openBus(now: number): Bus | Master {
    return settings.mode === 'listen' ? createListener() : createMaster({ ...settings, openedAt: now });
  }

  function takeBytes(bytes: Uint8Array, now: number): void {
    bus?.stirred(now);
    for (const cut of cutter.cut(bytes, now)) {
      if (cut.frame === undefined) {
        log('debug', `noise of ${cut.length} bytes, ${cut.noise}`);
        continue;
      }
      const decoded = decode(cut.frame);
      if (!decoded.valid) {
        log('debug', `bad frame, ${decoded.reason}`);
        continue;
      }
      log('debug', `heard ${JSON.stringify(decoded.message)}`);
      const message = bus?.hears(cut.frame, decoded.message, fleet, now);
      if (message) learn(message, cut.frame.length === 14 ? 1 : 2, now);
    }
  }

  function learn(message: Message, version: 1 | 2, now: number): void {
    if (message.name === 'masterHeartbeatLimit') {
      fleet = commanded(fleet, message.receiver, message.limitAmps, now);
      return;
    }
    const id = speaker(message);
    if (id === undefined) return;
    const most = settings.mode === 'master' ? MOST_SLAVES : MOST_SLAVES + 1;
    const after = met(fleet, id, message, version, settings.energyUnit, most, now);
    if (after) change(after);
    else refuse(id, now);
  }

  function refuse(id: TwcId, now: number): void {
    if (!refused.has(id)) {
      log(
        'warn',
        `${id}: refused, a bus has at most ${MOST_SLAVES} slaves and these are known: ${[...fleet.keys()].join(', ')}`,
      );
    }
    refused.set(id, now);
  }

  function change(after: Fleet): void {
    for (const [id, charger] of after) {
      const before = fleet.get(id);
      if (charger === before) continue;
      refused.delete(id);
      for (const { level, text } of news(before, charger)) log(level, text);
    }
    fleet = after;
  }

  function speak(now: number): void {
    const utterance = bus?.speaks(fleet, now);
    if (!utterance) return;
    const { message, version } = utterance;
    outputs.push({ do: 'send', bytes: wire(encode(message, version)) });
    log('debug', `said ${JSON.stringify(message)}`);
    if (message.name === 'masterHeartbeatLimit') fleet = commanded(fleet, message.receiver, message.limitAmps, now);
  }

  function troublesNow(now: number): readonly string[] {
    for (const [id, heardAt] of refused) if (now - heardAt > REFUSED_FOR) refused.delete(id);
    const tooMany =
      refused.size > 0
        ? [`More than ${MOST_SLAVES} chargers on the bus, refused: ${[...refused.keys()].join(', ')}`]
        : [];
    return [...(bus ? bus.troubles(now) : [linkDown]), ...tooMany];
  }

  function show(now: number): void {
    const troubles = troublesNow(now);
    const changedTroubles = troubles.join('; ') !== shownTroubles;
    if (fleet === shownFleet && !changedTroubles) return;
    if (changedTroubles) announce(troubles);
    const overview = { chargers: confirmed(fleet), limits: settings.limits, troubles };
    for (const { topic, payload, limit, rank } of values(overview, shownFleet, settings)) {
      publisher.want(topic, payload, limit, rank);
    }
    shownFleet = fleet;
    shownTroubles = troubles.join('; ');
  }

  /** Tells Home Assistant of the chargers, whenever what it is told of them has changed. */
  function introduce(now: number): void {
    const chargers = confirmed(fleet);
    const identities = JSON.stringify(recordsOf(fleet));
    if (identities !== announcedFor || announcer.nextAt <= now) {
      announcedFor = identities;
      for (const { topic, payload, first } of announcer.wants(chargers, now)) {
        publisher.want(topic, payload, ANNOUNCED_EVERY, first ? -1 : 0);
      }
    }
    if (!brokerUp) return;
    for (const topic of [birthTopic, ...announcer.subscriptions(chargers)]) {
      if (subscribed.has(topic)) continue;
      subscribed.add(topic);
      outputs.push({ do: 'subscribe', topic });
    }
  }

  function replay(now: number): void {
    if (now < replayAt) return;
    replayAt = Number.POSITIVE_INFINITY;
    publisher.replay();
  }

  function announce(troubles: readonly string[]): void {
    const before = new Set(shownTroubles.split('; '));
    for (const trouble of troubles) {
      if (bus && !before.has(trouble)) log('warn', trouble);
    }
  }

  function save(): void {
    const chargers = recordsOf(fleet);
    const { announced } = announcer;
    const content = JSON.stringify([chargers, announced]);
    if (content === saved) return;
    saved = content;
    outputs.push({ do: 'save', chargers, announced });
  }

  function leave(now: number): void {
    if (leaveBy === undefined) return;
    const told = !bus || !('leaving' in bus) || bus.leaving(fleet);
    if (told || now >= leaveBy) {
      outputs.push({ do: 'left' });
      leaveBy = undefined;
      bus = undefined;
    }
  }

  return {
    step(input, now) {
      outputs = [];
      take(input, now);
      change(aged(fleet, now));
      speak(now);
      leave(now);
      show(now);
      introduce(now);
      replay(now);
      save();
      for (const publication of publisher.due(now)) outputs.push({ do: 'publish', ...publication });
      return outputs;
    },
    wakeAt(now) {
      return Math.min(
        nextChange(fleet),
        publisher.nextAt,
        bus?.wakeAt(fleet, now) ?? Number.POSITIVE_INFINITY,
        leaveBy ?? Number.POSITIVE_INFINITY,
        announcer.nextAt,
        replayAt,
      );
    },
  };
}

function recordsOf(fleet: Fleet): ChargerRecord[] {
  return confirmed(fleet).map((charger: Charger) => record(charger));
}
