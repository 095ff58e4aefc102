// The connection to the broker. Every connection is a new client, so nothing waits in a queue of the library's while the
// broker is away: what is to be said is decided anew when it is back.

import { readFile } from 'node:fs/promises';
import { connect, type ErrorWithReasonCode, type IClientOptions, type MqttClient } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import { createAcks, type Done } from './acks.ts';
import { bounded, deferred } from './deferred.ts';
import { type Open, Refusal } from './retry.ts';

/** Where a broker is, and who we are there. */
export interface BrokerAddress {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
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

const CONNECT_WITHIN = 10_000;
/** Who answers pings may have stopped all the same to take anything: a proxy without its broker, a broker without a disk. */
const ANSWERS_WITHIN = 20_000;
const KEEP_ALIVE = 15;
const DISCONNECT_WITHIN = 700;
const OFFLINE = { qos: 1, retain: true } as const;

export async function openBroker(
  settings: BrokerSettings,
  heard: (message: ReceivedMessage) => void,
  signal: AbortSignal,
): Promise<Broker> {
  const client = connect(await clientOptions(settings));
  const gone = deferred<string>();
  const works = deferred<void>();
  const { url } = settings;
  const late = () => gone.resolve(`${url}: nothing was acknowledged for ${ANSWERS_WITHIN / 1_000} s`);
  const answers = createAcks(ANSWERS_WITHIN, late);
  client.on('message', (topic, payload, { retain }) => heard({ topic, payload: payload.toString(), retained: retain }));
  client.on('error', (error) => gone.resolve(describeError(url, error).message));
  client.on('close', () => gone.resolve(`${url}: the connection was closed`));
  void gone.promise.then(() => {
    answers.stop();
    client.end(true);
  });
  const told = new Set<string>();

  function refused(what: string, topic: string, problem: string | undefined): void {
    const text = `does not let us ${what} (${problem})`;
    if (problem === undefined || told.has(text)) return;
    told.add(text);
    settings.warn(`${url}: the broker ${text}, ${topic} for one; what may this user read and write?`);
  }

  await connected(client, settings, signal);
  return {
    url,
    closed: gone.promise,
    acknowledged: works.promise,
    publish(topic, payload, done, retain = true) {
      const taken: Done = (problem) => {
        works.resolve();
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
      const { statusTopic = '' } = settings;
      const said = new Promise((resolve) => client.publish(statusTopic, 'offline', OFFLINE, resolve));
      await moment(said);
      answers.stop();
      await moment(client.endAsync());
      // Ending waits for what the broker never acknowledged; the connection does not.
      client.stream.destroy();
    },
    async close() {
      answers.stop();
      client.end(true);
    },
  };
}

async function clientOptions(settings: BrokerSettings): Promise<IClientOptions> {
  const { url, username, password, clientId, version, statusTopic } = settings;
  const [ca, cert, key] = await Promise.all([settings.ca, settings.cert, settings.key].map(contents));
  return {
    ...address(url),
    clientId,
    ...(username && { username, password }),
    protocolVersion: version === '5' ? 5 : 4,
    clean: true,
    reconnectPeriod: 0,
    keepalive: KEEP_ALIVE,
    ...(statusTopic && { will: { topic: statusTopic, payload: Buffer.from('offline'), ...OFFLINE } }),
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  };
}

/** In parts, since the library takes an address apart with a function of Node.js that is deprecated. */
function address(url: string): Pick<IClientOptions, 'protocol' | 'host' | 'port'> {
  const { protocol, hostname, port } = new URL(url);
  return {
    protocol: protocol === 'mqtts:' ? 'mqtts' : 'mqtt',
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port && { port: Number(port) }),
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

async function connected(client: MqttClient, { url }: BrokerSettings, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = deferred<void>();
  const closed = () => reject(new Error('the connection was closed before the broker answered'));
  const late = `no answer within ${CONNECT_WITHIN / 1_000} s; is it an MQTT broker?`;
  client.once('connect', () => resolve());
  client.once('error', reject);
  client.once('close', closed);
  try {
    await bounded(promise, { signal, within: CONNECT_WITHIN, late });
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
