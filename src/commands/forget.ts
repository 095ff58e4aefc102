// The command `forget`: clears what the broker holds of a charger, or of everything, when it was sold or the bridge is removed.

import { findSettings, type Setup } from '../config/setup.ts';
import { announcedAt, isOurs } from '../home-assistant/payloads.ts';
import { deferred } from '../io/deferred.ts';
import { createStateWriter } from '../io/state-file.ts';
import { isTwcId, type TwcId } from '../protocol/field.ts';
import { keepBad, readSaved } from '../state/restore.ts';
import type { SavedState } from '../state/saved-state.ts';
import { bridgeTopics } from '../topics/bridge-topics.ts';
import { chargerTopics } from '../topics/charger-topics.ts';
import { type BrokerClient, openBrokerClient } from './broker-client.ts';
import { UsageError } from './command.ts';

interface ForgetSettings extends Pick<Setup, 'config' | 'statePath'> {
  readonly client: BrokerClient;
  readonly print: (text: string) => void;
}

/** Clears the retained topics of a charger, or of `all` and the bridge. Throws an Error in an owner's words. */
export async function forgetCommand(which: string, file: string, print: (text: string) => void): Promise<void> {
  if (which !== 'all' && !isTwcId(which)) {
    throw new UsageError(`forget: expected a charger such as 1A2B, or all, got ${which}`);
  }
  const setup = await findSettings(file, process.env);
  const { signal } = new AbortController();
  const warn = (text: string) => print(`${text}\n`);
  const client = await openBrokerClient({ ...setup, name: 'forget', signal, warn });
  try {
    await forget(which, { ...setup, client, print });
  } finally {
    await client.close();
  }
}

async function forget(which: TwcId | 'all', settings: ForgetSettings): Promise<void> {
  const { config, client, print } = settings;
  const prefix = config['status.MQTT.topicPrefix'];
  const held = await client.retained([`${prefix}/#`]);
  if (held.get(`${prefix}/status`) === 'online') {
    throw new Error('The bridge is running and would publish it all again: stop it first');
  }
  const known = [...held.keys()].map((topic) => topic.slice(prefix.length + 1).split('/')[0] ?? '').filter(isTwcId);
  const chargers = which === 'all' ? [...new Set(known)] : [which];
  const discovery = {
    prefix: config['homeassistant.discoveryPrefix'],
    topicPrefix: prefix,
  };
  const devices = which === 'all' ? [undefined, ...chargers] : chargers;
  const all = await client.retained(devices.flatMap((id) => announcedAt(id, discovery)));
  const names = [
    ...chargers.flatMap((id) => Object.keys(chargerTopics).map((name) => `${id}/${name}`)),
    ...(which === 'all' ? Object.keys(bridgeTopics) : []),
  ];
  const own = new Set(names.map((name) => `${prefix}/${name}`));
  const announced = ([topic, payload]: [string, string]) => topic.startsWith(`${discovery.prefix}/`) && isOurs(payload);
  const topics = [...all].filter((one) => own.has(one[0]) || announced(one)).map(([topic]) => topic);
  for (const topic of topics) await client.publish(topic, '', true);
  await forgetState(settings, chargers, topics);
  print(
    topics.length === 0
      ? 'The broker holds nothing of it.\n'
      : `Cleared ${topics.length} topics:\n${topics.sort().join('\n')}\n`,
  );
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
  if (reason) throw new Error(`${own}: cannot be written, ${reason}`);
}
