// The connection to the broker. Every connection is a new client, so nothing waits in a queue of the library's while the
// broker is away: what is to be said is decided anew when it is back.

import { readFile } from 'node:fs/promises';
import { connect, type ErrorWithReasonCode, type IClientOptions, type MqttClient } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import { createAcks, type Done } from './acks.ts';
import { bounded, deferred } from './deferred.ts';
import { createNodes, type Node, type Nodes } from './nodes.ts';
import { createPace } from './pace.ts';
import { createPacketLimit, type PacketLimit } from './packet-limit.ts';
import { type Open, Refusal } from './retry.ts';

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
}

export interface ReceivedMessage {
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

// The library would keep a buffer for each of the 65 536 packet numbers: 13 MB for the sake of a microsecond.
writeToStream.cacheNumbers = false;

/** Characters of a message from the broker; nothing that we read is longer. */
const LONGEST_MESSAGE = 100_000;
const DISCONNECT_WITHIN = 700;
/** More than what stands around topic and payload. */
const PACKET_HEAD = 20;
/** Nothing is kept for us while we are away: a command of then would be carried out now. */
const SESSION = { sessionExpiryInterval: 0, maximumPacketSize: 2 * LONGEST_MESSAGE } as const;
const OFFLINE = { qos: 1, retain: true } as const;

/** Connects to the broker, or to a node of the cluster. Rejects with an error in an owner's words. */
export function openBroker(
  settings: BrokerSettings,
  received: (message: ReceivedMessage) => void,
  signal: AbortSignal,
): Promise<Broker> {
  const { nodes = createNodes(), urls } = settings;
  return nodes.open(urls, (node) => openNode(node, settings, received, signal), signal);
}

async function openNode(
  node: Node,
  settings: BrokerSettings,
  received: (message: ReceivedMessage) => void,
  signal: AbortSignal,
): Promise<Broker> {
  const { url, answersWithin } = node;
  const { packetLimit = createPacketLimit() } = settings;
  const client = connect(await clientOptions(node, settings));
  const gone = deferred<string>();
  const works = deferred<void>();
  const openedAt = performance.now();
  /** The bytes of what was published and not answered yet, by topic. */
  const unanswered = new Map<string, number>();
  // A broker that answers pings may have stopped all the same to take anything: a proxy without its broker, a full disk.
  const late = () => gone.resolve(`${url}: nothing was acknowledged for ${answersWithin / 1_000} s`);
  const answers = createAcks(answersWithin, late);
  const pace = createPace();
  client.handleMessage = (_, done) => pace.next(done);
  client.on('message', (topic, payload, { retain }) => {
    if (payload.length <= LONGEST_MESSAGE) received({ topic, payload: payload.toString(), retained: retain });
  });
  client.on('error', (error) => gone.resolve(describeError(url, error).message));
  client.on('close', () => {
    packetLimit.closed([...unanswered.values()], performance.now() - openedAt);
    gone.resolve(`${url}: the connection was closed`);
  });
  void gone.promise.then(() => {
    answers.stop();
    client.end(true);
  });
  const told = new Set<string>();

  /** Once for each reason. */
  function warn(text: string, topic: string, advice: string): void {
    if (told.has(text)) return;
    told.add(text);
    settings.warn(`${url}: the broker ${text}, ${topic} for one${advice}`);
  }

  function refused(what: string, topic: string, problem: string | undefined): void {
    if (problem !== undefined)
      warn(`does not let us ${what} (${problem})`, topic, '; what may this user read and write?');
  }

  client.once('connect', ({ properties }) => packetLimit.told(properties?.maximumPacketSize));
  await connected(client, node, signal);
  return {
    url,
    closed: gone.promise,
    acknowledged: works.promise,
    publish(topic, payload, done, retain = true) {
      const bytes = Buffer.byteLength(payload) + Buffer.byteLength(topic) + PACKET_HEAD;
      if (bytes > packetLimit.most) {
        warn(`takes no packet of ${bytes} bytes`, topic, ': it is left out');
        setImmediate(done, 'too large');
        return;
      }
      unanswered.set(topic, bytes);
      const taken: Done = (problem) => {
        works.resolve();
        unanswered.delete(topic);
        refused('publish', topic, problem);
        done(problem);
      };
      client.publish(topic, payload, { qos: 1, retain }, answers.awaited(taken));
    },
    subscribe(topic) {
      const taken: Done = (problem) => refused('subscribe', topic, problem);
      client.subscribe(topic, { qos: 1 }, answers.awaited(taken));
    },
    async disconnect() {
      unanswered.clear();
      const { statusTopic = '' } = settings;
      const said = new Promise((resolve) => client.publish(statusTopic, 'offline', OFFLINE, resolve));
      await moment(said);
      answers.stop();
      await moment(client.endAsync());
      // Ending waits for what the broker never acknowledged; the connection does not.
      client.stream.destroy();
    },
    async close() {
      unanswered.clear();
      answers.stop();
      client.end(true);
    },
  };
}

async function clientOptions({ url, keepalive }: Node, settings: BrokerSettings): Promise<IClientOptions> {
  const { username, password, clientId, version, statusTopic } = settings;
  const [ca, cert, key] = await Promise.all([settings.ca, settings.cert, settings.key].map(contents));
  const { protocol, hostname, port } = new URL(url);
  const isEncrypted = protocol === 'mqtts:';
  return {
    protocol: isEncrypted ? 'mqtts' : 'mqtt',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isEncrypted ? 8_883 : 1_883),
    clientId,
    ...(username && { username, password }),
    ...(version === '5' ? { protocolVersion: 5, properties: SESSION } : { protocolVersion: 4 }),
    clean: true,
    reconnectPeriod: 0,
    keepalive,
    ...(statusTopic && { will: { topic: statusTopic, payload: Buffer.from('offline'), ...OFFLINE } }),
    ...(isEncrypted && { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }),
  };
}

async function contents(path: string): Promise<Buffer | undefined> {
  if (path === '') return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`${path}: expected a readable file, got ${String(error)}`);
  }
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

/** Return codes of MQTT 3.1.1 (4, 5) and 5 (134, 135) for credentials that the broker does not take. */
const refusals = new Set<unknown>([4, 5, 134, 135]);

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection; does the broker run there?',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'the broker reset the connection',
  EPIPE: 'the connection was lost',
  CERT_HAS_EXPIRED: "the broker's certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "the broker's certificate is for another host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the broker's certificate is self-signed; name its authority in status.MQTT.ca",
  SELF_SIGNED_CERT_IN_CHAIN: "the broker's certificate is from an unknown authority; name it in status.MQTT.ca",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the broker's certificate is from an unknown authority; name it in status.MQTT.ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the broker's certificate is from an unknown authority; name it in status.MQTT.ca",
};

function describeError(url: string, error: Error | ErrorWithReasonCode): Error {
  const { code } = error as { code?: unknown };
  if (refusals.has(code)) return new Refusal(`${url}: the broker refuses this username and password`);
  // An error that names several failed addresses has no message of its own.
  return new Error(`${url}: ${words[String(code)] ?? (error.message || String(code))}`);
}

/** The end must not wait for a broker that does not answer. */
async function moment(done: Promise<unknown>): Promise<void> {
  await bounded(done, { within: DISCONNECT_WITHIN }).catch(() => {});
}
