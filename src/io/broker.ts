// The connection to the broker. Every connection is a new client, so nothing waits in a queue of the library's while the
// broker is away: what is to be said is decided anew when it is back.

import type { Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { type Acks, createAcks, type Done } from './acks.ts';
import { describeError } from './broker-errors.ts';
import { contents } from './contents.ts';
import { bounded, deferred } from './deferred.ts';
import { createNodes, type Node, type Nodes } from './nodes.ts';
import { createPace } from './pace.ts';
import { createPacketLimit, type PacketLimit } from './packet-limit.ts';
import type { Open } from './retry.ts';

/** Where a broker is, and who we are there. */
export interface BrokerAddress {
  /** `mqtt://host:port` or `mqtts://host:port`; several for the nodes of a cluster. */
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
}

/** Asked before each try to connect; rejects with an error in an owner's words when there is no broker yet. */
export type BrokerSource = (signal: AbortSignal) => Promise<BrokerAddress>;

export interface BrokerSettings extends BrokerAddress {
  readonly clientId: string;
  readonly version: '3.1.1' | '5';
  /** Paths; empty for none. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Where the broker says `offline` for us when we are gone; undefined for nowhere. */
  readonly statusTopic: string | undefined;
  /** Takes what an owner should know of this connection: what the broker does not allow, each once. */
  readonly warn: (text: string) => void;
  /** Lasts longer than a connection: what is known of this broker, and which node is the next. */
  readonly packetLimit?: PacketLimit;
  readonly nodes?: Nodes;
  /** Messages come at a pace that leaves time for other things. */
  readonly paced?: boolean;
}

interface ReceivedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
}

export interface Broker extends Open {
  readonly url: string;
  /** Resolves when the broker has answered a publication: some accept connections and nothing else. */
  readonly acknowledged: Promise<void>;
  /** QoS 1, retained unless `retain` is false. `done` is called when the broker has taken or refused it, never after the connection is gone. */
  publish(topic: string, payload: string, done: Done, retain?: boolean): void;
  subscribe(topic: string): void;
  /** Says `offline`, then ends the connection; gives up after a moment. */
  disconnect(): Promise<void>;
}

/** Characters of a message from the broker; nothing that we read is longer. */
const LONGEST_MESSAGE = 100_000;
const DISCONNECT_WITHIN = 700;
/** More than what stands around topic and payload. */
const PACKET_HEAD = 20;
/** Nothing is kept for us while we are away: a command of then would be carried out now. */
const SESSION = { sessionExpiryInterval: 0, maximumPacketSize: 2 * LONGEST_MESSAGE } as const;
const OFFLINE = { qos: 1, retain: true } as const;

/** Connects to the broker, or to a node of the cluster. Rejects with an error in an owner's words. */
export function openBroker(settings: BrokerSettings, receive: Receive, signal: AbortSignal): Promise<Broker> {
  const { nodes = createNodes(), urls } = settings;
  return nodes.open(urls, (node) => openNode(node, settings, receive, signal), signal);
}

type Receive = (message: ReceivedMessage) => void;

async function openNode(node: Node, settings: BrokerSettings, receive: Receive, signal: AbortSignal): Promise<Broker> {
  const client = connect(await clientOptions(node, settings));
  // What is said together is one write already; to wait for more costs 40 ms of the start.
  (client.stream as Socket).setNoDelay();
  const connection = new Connection(client, node, settings, receive);
  await connected(client, node, signal);
  return connection;
}

/** One connection to one node. */
class Connection implements Broker {
  readonly url: string;
  readonly #client: MqttClient;
  readonly #settings: BrokerSettings;
  readonly #packetLimit: PacketLimit;
  readonly #acks: Acks;
  readonly #pace = createPace();
  readonly #gone = deferred<string>();
  readonly #works = deferred<void>();
  readonly #openedAt = performance.now();
  /** The bytes of what was published and not answered yet, by topic. */
  readonly #unanswered = new Map<string, number>();
  #over = false;
  /** What was told of this connection. */
  readonly #told = new Set<string>();

  constructor(client: MqttClient, { url, answersWithin }: Node, settings: BrokerSettings, receive: Receive) {
    this.url = url;
    this.#client = client;
    this.#settings = settings;
    this.#packetLimit = settings.packetLimit ?? createPacketLimit();
    // A broker that answers pings may have stopped all the same to take anything: a proxy without its broker, a full disk.
    const late = () => this.#lost(`${url}: nothing was acknowledged for ${answersWithin / 1_000} s`);
    this.#acks = createAcks(answersWithin, late);
    if (settings.paced) client.handleMessage = (_, done) => this.#pace.next(done);
    client.on('message', (topic, payload, { retain }) => {
      if (payload.length <= LONGEST_MESSAGE) receive({ topic, payload: payload.toString(), retained: retain });
    });
    client.once('connect', ({ properties }) => this.#packetLimit.told(properties?.maximumPacketSize));
    client.on('error', (error) => {
      if ('code' in error && typeof error.code === 'string') this.#closedByBroker();
      this.#lost(describeError(url, error).message);
    });
    client.on('close', () => {
      this.#closedByBroker();
      this.#lost(`${url}: the connection was closed`);
    });
  }

  get closed(): Promise<string> {
    return this.#gone.promise;
  }

  get acknowledged(): Promise<void> {
    return this.#works.promise;
  }

  publish(topic: string, payload: string, done: Done, retain = true): void {
    const bytes = Buffer.byteLength(payload) + Buffer.byteLength(topic) + PACKET_HEAD;
    if (bytes > this.#packetLimit.most) {
      // Named once, also when the broker closes the connection because of another one.
      if (this.#packetLimit.toName(topic)) this.#warn(`takes no packet of ${bytes} bytes`, topic, ': it is left out');
      setImmediate(done, 'too large');
      return;
    }
    this.#unanswered.set(topic, bytes);
    const taken: Done = (problem) => {
      this.#works.resolve();
      this.#unanswered.delete(topic);
      this.#refused('publish', topic, problem);
      done(problem);
    };
    this.#client.publish(topic, payload, { qos: 1, retain }, this.#acks.awaited(taken));
  }

  subscribe(topic: string): void {
    const taken: Done = (problem) => this.#refused('subscribe', topic, problem);
    this.#client.subscribe(topic, { qos: 1 }, this.#acks.awaited(taken));
  }

  async disconnect(): Promise<void> {
    this.#over = true;
    const { statusTopic = '' } = this.#settings;
    await moment(new Promise((resolve) => this.#client.publish(statusTopic, 'offline', OFFLINE, resolve)));
    this.#acks.stop();
    await moment(this.#client.endAsync());
    // Ending waits for what the broker never acknowledged; the connection does not.
    this.#client.stream.destroy();
    this.#pace.stop();
  }

  async close(): Promise<void> {
    this.#over = true;
    this.#end();
  }

  #lost(reason: string): void {
    this.#over = true;
    this.#gone.resolve(reason);
    this.#end();
  }

  #end(): void {
    this.#acks.stop();
    this.#pace.stop();
    this.#client.end(true);
  }

  /** It may have been because of what was sent, unless we had given it up before. */
  #closedByBroker(): void {
    if (this.#over) return;
    this.#over = true;
    this.#packetLimit.closed([...this.#unanswered.values()], performance.now() - this.#openedAt);
  }

  #refused(what: string, topic: string, problem: string | undefined): void {
    if (problem === undefined) return;
    this.#warn(`does not let us ${what} (${problem})`, topic, '; what may this user read and write?');
  }

  /** Once for each reason. */
  #warn(text: string, topic: string, advice: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#settings.warn(`${this.url}: the broker ${text}, ${topic} for one${advice}`);
  }
}

async function clientOptions(node: Node, settings: BrokerSettings): Promise<IClientOptions> {
  const { username, password, clientId, version, statusTopic } = settings;
  const [ca, cert, key] = await Promise.all([settings.ca, settings.cert, settings.key].map(contents));
  const { protocol, hostname, port } = new URL(node.url);
  const isEncrypted = protocol === 'mqtts:';
  return {
    protocol: isEncrypted ? 'mqtts' : 'mqtt',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isEncrypted ? 8_883 : 1_883),
    clientId: `${clientId}${node.clientSuffix}`,
    ...(username && { username, password }),
    ...(version === '5' ? { protocolVersion: 5, properties: SESSION } : { protocolVersion: 4 }),
    clean: true,
    // It would keep a buffer for each of the 65 536 packet numbers: 13 MB for the sake of a microsecond.
    writeCache: false,
    reconnectPeriod: 0,
    keepalive: node.keepalive,
    ...(statusTopic && { will: { topic: statusTopic, payload: Buffer.from('offline'), ...OFFLINE } }),
    ...(isEncrypted && { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }),
  };
}

async function connected(client: MqttClient, { url, connectWithin }: Node, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = deferred<void>();
  const closed = () => reject(new Error('the connection was closed before the broker answered'));
  const late = `no answer within ${connectWithin / 1_000} s; is it an MQTT broker?`;
  client.once('connect', () => resolve());
  client.once('error', reject);
  client.once('close', closed);
  try {
    await bounded(promise, { signal, within: connectWithin, late });
  } catch (error) {
    client.end(true);
    throw describeError(url, error as Error);
  } finally {
    client.off('error', reject);
    client.off('close', closed);
  }
}

/** The end must not wait for a broker that does not answer. */
async function moment(done: Promise<unknown>): Promise<void> {
  await bounded(done, { within: DISCONNECT_WITHIN }).catch(() => {});
}
