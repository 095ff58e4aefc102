// The command `forget`: clears what the broker holds of a charger, or of everything, for who sells one or uninstalls.

import { randomBytes } from 'node:crypto';
import type { Config } from '../config/options.ts';
import { findSettings } from '../config/setup.ts';
import { announcedAt, isOurs } from '../home-assistant/payloads.ts';
import { type Broker, type BrokerSettings, openBroker } from '../io/broker.ts';
import { deferred } from '../io/deferred.ts';
import { createStateWriter } from '../io/state-file.ts';
import { isTwcId, type TwcId } from '../protocol/field.ts';
import { configuredBroker } from '../settings.ts';
import { keepBad, readSaved } from '../state/restore.ts';
import type { SavedState } from '../state/saved-state.ts';
import { bridgeTopics } from '../topics/bridge-topics.ts';
import { chargerTopics } from '../topics/charger-topics.ts';
import { UsageError } from './command.ts';

interface ForgetSettings {
  readonly config: Config;
  readonly broker: Omit<BrokerSettings, 'statusTopic' | 'clientId' | 'warn'>;
  readonly statePath: string;
  readonly print: (text: string) => void;
}

/** Clears the retained topics of a charger, or of `all` and the bridge. Throws an Error in an owner's words. */
export async function forgetCommand(which: string, file: string, print: (text: string) => void): Promise<void> {
  if (which !== 'all' && !isTwcId(which)) {
    throw new UsageError(`forget: expected a charger such as 1A2B, or all, got ${which}`);
  }
  const { config, statePath, brokerSource } = await findSettings(file, process.env);
  const broker = { ...configuredBroker(config), ...(await brokerSource?.(new AbortController().signal)) };
  if (config['status.MQTT.broker'].type === 'embedded')
    throw new UsageError('forget: the embedded broker keeps nothing when it ends');
  await forget(which, { config, broker, statePath, print });
}

async function forget(which: TwcId | 'all', settings: ForgetSettings): Promise<void> {
  const { config, print } = settings;
  const prefix = config['status.MQTT.topicPrefix'];
  const retained = new Map<string, string>();
  const arrived = new Map<string, () => void>();
  const clientId = `twc2mqtt-forget-${randomBytes(4).toString('hex')}`;
  const broker = await openBroker(
    { ...settings.broker, clientId, statusTopic: undefined, warn: (text) => print(`${text}\n`) },
    ({ topic, payload, retained: isRetained }) => {
      if (isRetained) retained.set(topic, payload);
      arrived.get(topic)?.();
    },
    new AbortController().signal,
  );
  try {
    await collect(broker, [`${prefix}/#`], prefix, arrived);
    if (retained.get(`${prefix}/status`) === 'online') {
      throw new Error('The bridge is running and would say it all again: stop it first');
    }
    const known = [...retained.keys()]
      .map((topic) => topic.slice(prefix.length + 1).split('/')[0] ?? '')
      .filter(isTwcId);
    const chargers = which === 'all' ? [...new Set(known)] : [which];
    const discovery = {
      prefix: config['homeassistant.discoveryPrefix'],
      topicPrefix: prefix,
    };
    const devices = which === 'all' ? [undefined, ...chargers] : chargers;
    await collect(
      broker,
      devices.flatMap((id) => announcedAt(id, discovery)),
      prefix,
      arrived,
    );
    const names = [
      ...chargers.flatMap((id) => Object.keys(chargerTopics).map((name) => `${id}/${name}`)),
      ...(which === 'all' ? Object.keys(bridgeTopics) : []),
    ];
    const own = new Set(names.map((name) => `${prefix}/${name}`));
    const announced = ([topic, payload]: [string, string]) =>
      topic.startsWith(`${discovery.prefix}/`) && isOurs(payload);
    const topics = [...retained].filter((one) => own.has(one[0]) || announced(one)).map(([topic]) => topic);
    for (const topic of topics) await publish(broker, topic, '', true);
    await forgetState(settings, chargers, topics);
    print(
      topics.length === 0
        ? 'The broker holds nothing of it.\n'
        : `Cleared ${topics.length} topics:\n${topics.sort().join('\n')}\n`,
    );
  } finally {
    await broker.close();
  }
}

/** Subscribes and waits until all that the broker holds under these patterns has come: it comes before our own probe. */
export async function collect(
  broker: Broker,
  patterns: readonly string[],
  prefix: string,
  arrived: Map<string, () => void>,
): Promise<void> {
  const probe = `${prefix}/probe/${randomBytes(4).toString('hex')}`;
  const { promise, resolve } = deferred<void>();
  arrived.set(probe, () => resolve());
  for (const pattern of [...patterns, probe]) broker.subscribe(pattern);
  await publish(broker, probe, 'probe', false);
  await promise;
}

export async function publish(broker: Broker, topic: string, payload: string, retain: boolean): Promise<void> {
  const taken = deferred<void>();
  broker.publish(topic, payload, (problem) => (problem ? taken.reject(new Error(problem)) : taken.resolve()), retain);
  const gone = broker.closed.then((reason) => Promise.reject(new Error(reason)));
  await Promise.race([taken.promise, gone]);
}

async function forgetState(
  { statePath: path, print }: ForgetSettings,
  chargers: readonly TwcId[],
  topics: readonly string[],
): Promise<void> {
  const { state, path: own, problem } = await readSaved(path);
  if (!state) return;
  if (problem !== undefined) await keepBad(own, problem, (_, text) => print(`${text}\n`));
  const gone = new Set<string>(chargers);
  const setPoints = Object.entries(state.setPoints.chargers).filter(([id]) => !gone.has(id));
  const kept: SavedState = {
    ...state,
    chargers: state.chargers.filter(({ id }) => !gone.has(id)),
    announced: state.announced.filter((topic) => !topics.includes(topic)),
    setPoints: { ...state.setPoints, chargers: Object.fromEntries(setPoints) },
    sessions: state.sessions.filter(({ session }) => !gone.has(session.charger)),
  };
  const failed = deferred<string | undefined>();
  const writer = createStateWriter(own, failed.resolve);
  writer.write(kept);
  await writer.settled();
  failed.resolve(undefined);
  const reason = await failed.promise;
  if (reason) throw new Error(`${own}: can not be written, ${reason}`);
}
