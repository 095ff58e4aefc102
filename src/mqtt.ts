// The broker's side of the heart: subscribers are given every value, and Home Assistant beside that what the chargers are.
// Here, and only here, the names of our topics get their prefix and lose it. Commands are not looked at here.

import { describeFinding, type Finding } from './bus/finding.ts';
import type { Charger } from './charger/charger.ts';
import { Announcer } from './home-assistant/announcer.ts';
import { type DiscoverySettings, isAnnouncedAlike } from './home-assistant/devices.ts';
import { EarlierTopics } from './topics/earlier-topics.ts';
import { OtherBridges } from './topics/other-bridges.ts';
import { type Publication, Publisher } from './topics/publisher.ts';
import { rateLimitHint } from './topics/rate-limit-hint.ts';
import { ReadBack, type ReadBackResult } from './topics/read-back.ts';
import { Refresh } from './topics/refresh.ts';
import type { Change } from './topics/values.ts';

export interface MqttSettings {
  readonly topicPrefix: string;
  readonly discovery: DiscoverySettings;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** Milliseconds between two updates of one topic. */
  readonly ratelimit: number;
  /** Every value is said again after this time, ms; 0 for never. */
  readonly refresh: number;
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
  /** The name of this bridge, and the prefixes under which topics of earlier runs may be. */
  readonly instance: string;
  readonly prefixes: readonly string[];
  /** The names to subscribe to, below the prefix. */
  readonly commands: readonly string[];
}

type Log = (level: 'warn' | 'info', text: string) => void;

/** What to subscribe to and to publish now, with whole topics. */
interface Due {
  readonly subscriptions: readonly string[];
  readonly publications: readonly Publication[];
}

const nothing: Due = { subscriptions: [], publications: [] };
/**
 * What the broker keeps from an earlier run comes within this time after the subscription, before we announce anew; and as
 * soon as this after it has sent us our status back, which was published after the subscription.
 */
const LOOK_FIRST = 200;
const LOOK_ON = 10;
const NEVER = Number.POSITIVE_INFINITY;
const EMPTIED_RANK = 1;

/** Times are monotonic milliseconds. */
export class Mqtt {
  readonly #settings: MqttSettings;
  readonly #log: Log;
  readonly #place: string;
  readonly #status: string;
  readonly #instance: string;
  readonly #announcer: Announcer;
  readonly #publisher = new Publisher();
  readonly #readBack: ReadBack;
  readonly #others: OtherBridges;
  readonly #earlier: EarlierTopics;
  readonly #refresh: Refresh;
  #prefixes: readonly string[];
  #earlierPrefixes: readonly string[] | undefined;
  readonly #subscribed = new Set<string>();
  #subscriptions: string[] = [];
  #up = false;
  #announceAt = NEVER;
  /** The chargers that Home Assistant knows; undefined when it is to be told anew. */
  #introduced: readonly Charger[] | undefined;
  /** What the limit means for an owner who sees more than bare topics; said once. */
  #hint: string | undefined;

  constructor(settings: MqttSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.#place = `${settings.topicPrefix}/`;
    this.#status = `${this.#place}status`;
    this.#announcer = new Announcer(settings.discovery, settings.announced, settings.random);
    this.#instance = `${this.#place}bridge/instance`;
    this.#readBack = new ReadBack(this.#status, this.#announcer.always);
    this.#refresh = new Refresh(settings.refresh);
    this.#others = new OtherBridges(settings.instance, settings.topicPrefix);
    const earlier = settings.prefixes.filter((prefix) => prefix !== settings.topicPrefix);
    this.#earlier = new EarlierTopics(settings.instance, earlier);
    this.#prefixes = settings.prefixes;
    this.#hint = rateLimitHint(settings);
  }

  /** The broker is there, or gone. */
  broker(up: boolean, now: number): void {
    if (up && this.#hint !== undefined) this.#log('info', this.#hint);
    if (up) this.#hint = undefined;
    this.#up = up;
    this.#subscribed.clear();
    this.#introduced = undefined;
    this.#announceAt = NEVER;
    this.#refresh.connection(up, now);
    this.#readBack.connection(up);
    if (!up) {
      this.#publisher.disconnected();
      return;
    }
    this.#publisher.connected();
    this.#earlier.connected(now);
    const read = [this.#status, this.#instance, ...this.#earlier.subscriptions];
    this.#subscribe([...read, ...this.#settings.commands.map((name) => `${this.#place}${name}`)]);
  }

  /** The broker took the last publication of this topic, or refused it. */
  acknowledged(topic: string, refused: boolean, now: number): void {
    if (!refused) this.#readBack.acknowledged(topic, now);
    const payload = this.#publisher.acknowledged(topic);
    if (payload === undefined) return;
    this.#announcer.acknowledged(topic, payload, now);
    this.#earlier.acknowledged(topic, now);
  }

  /** A message came on a topic that we subscribed to. Gives the name of a topic of ours, undefined for another. */
  received(topic: string, payload: string, retained: boolean, now: number): string | undefined {
    for (const result of this.#readBack.received(topic, payload, retained)) this.#answerReadBack(result);
    const isBack = topic === this.#status && payload === 'online' && !retained;
    if (isBack && this.#announceAt !== NEVER) this.#announceAt = Math.min(this.#announceAt, now + LOOK_ON);
    if (topic === this.#instance && this.#others.received(payload, retained, now)) {
      for (const found of this.findings) this.#log('warn', `problem: ${describeFinding(found)}`);
    }
    this.#earlier.received(topic, payload);
    const received = this.#announcer.received(topic, payload, retained, now);
    if (received === 'found') this.#introduced = undefined;
    if (received === 'deleted') {
      this.#publisher.forget(topic);
      this.#log('info', `${topic}: deleted in Home Assistant, not announced again before a restart`);
    }
    return topic.startsWith(this.#place) ? topic.slice(this.#place.length) : undefined;
  }

  /** These topics say something else from now on. */
  publish(changes: readonly Change[]): void {
    for (const change of changes) this.#publisher.want({ ...change, topic: `${this.#place}${change.name}` });
  }

  /** Whether the message on this topic was the last of those by which a charger is deleted in Home Assistant. */
  isDeleted({ id }: Charger, topic: string): boolean {
    return this.#announcer.isDeleted(id, topic);
  }

  /** A charger is not known any more, and its topics say this. */
  forget({ id }: Charger, emptied: readonly Change[]): void {
    this.#announcer.forget(id);
    this.publish(emptied);
  }

  /** This topic is due once more. */
  repeat(name: string): void {
    this.#publisher.repeat(`${this.#place}${name}`);
  }

  /** The bridge ends, and does not say any more that it is there. */
  shutdown(): void {
    this.#readBack.connection(false);
  }

  due(chargers: readonly Charger[], now: number): Due {
    // Most acknowledgements change nothing.
    if (this.#introduced === chargers && now < this.wakeAt) return nothing;
    if (this.#announcer.replayDue(now)) this.#publisher.replay();
    if (this.#up) this.#announce(chargers, now);
    if (this.#refresh.due(now)) this.#publisher.refresh(this.#place);
    if (this.#others.advance(now)) this.#publisher.repeat(this.#instance);
    this.#clearEarlier(now);
    for (const result of this.#readBack.advance(now)) this.#answerReadBack(result);
    const due = { subscriptions: this.#subscriptions, publications: this.#publisher.due(now) };
    this.#subscriptions = [];
    return due;
  }

  /** What is wrong on the broker's side; the same list while it is the same. */
  get findings(): readonly Finding[] {
    return this.#others.findings;
  }

  /** The prefixes under which topics of ours may be; the same list while they are the same. */
  get prefixes(): readonly string[] {
    const earlier = this.#earlier.prefixes;
    if (earlier === this.#earlierPrefixes) return this.#prefixes;
    this.#earlierPrefixes = earlier;
    const prefixes = [this.#settings.topicPrefix, ...earlier];
    if (prefixes.join() !== this.#prefixes.join()) this.#prefixes = prefixes;
    return this.#prefixes;
  }

  /** The discovery topics that hold announcements of ours; the same list while they are the same. */
  get announced(): readonly string[] {
    return this.#announcer.announced;
  }

  get wakeAt(): number {
    const announceAt = this.#up ? Math.min(this.#announcer.wakeAt, this.#announceAt) : NEVER;
    const told = Math.min(this.#publisher.wakeAt, this.#readBack.wakeAt, this.#others.wakeAt, this.#earlier.wakeAt);
    return Math.min(told, announceAt, this.#refresh.wakeAt);
  }

  /** Home Assistant is told what it does not know yet. */
  #announce(chargers: readonly Charger[], now: number): void {
    if (!this.#isIntroduced(chargers)) {
      this.#introduced = chargers;
      this.#subscribe(this.#announcer.subscriptions(chargers));
      this.#announceAt = Math.min(this.#announceAt, now + LOOK_FIRST);
    }
    if (now < Math.min(this.#announceAt, this.#announcer.wakeAt)) return;
    this.#announceAt = NEVER;
    for (const announcement of this.#announcer.announcements(chargers, now)) this.#publisher.want(announcement);
  }

  #isIntroduced(chargers: readonly Charger[]): boolean {
    const known = this.#introduced;
    if (!known || known.length !== chargers.length) return false;
    if (known === chargers) return true;
    if (!chargers.every((charger, index) => isAnnouncedAlike(known[index], charger, this.#settings.discovery)))
      return false;
    this.#introduced = chargers;
    return true;
  }

  /** Topics and announcements under an earlier prefix go when it is known that no other bridge lives there. */
  #clearEarlier(now: number): void {
    const emptied = { limit: 0, rank: EMPTIED_RANK, last: true };
    for (const one of this.#earlier.clear(now)) this.#publisher.want({ ...one, ...emptied });
    const shared = this.#others.findings.length > 0 ? [this.#settings.topicPrefix] : [];
    if (this.#announcer.hold([...this.#earlier.undecided, ...shared])) this.#introduced = undefined;
  }

  #answerReadBack({ topic, type }: ReadBackResult): void {
    if (type === 'repeat') {
      this.#publisher.repeat(topic);
      return;
    }
    const place = topic === this.#status ? this.#place : `${this.#settings.discovery.prefix}/`;
    const words = `the broker acknowledges ${topic} and does not keep it: may this user write and read ${place}#?`;
    this.#log('warn', words);
  }

  #subscribe(topics: readonly string[]): void {
    const fresh = topics.filter((topic) => !this.#subscribed.has(topic));
    for (const topic of fresh) this.#subscribed.add(topic);
    this.#subscriptions.push(...fresh);
  }
}
