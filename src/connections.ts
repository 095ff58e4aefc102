// Keeps the link to the chargers and the connection to the broker open, and tells the heart of them.

import type { Config } from './config/options.ts';
import { lastingName } from './io/adapters.ts';
import { type BrokerSource, openBroker } from './io/broker.ts';
import type { Log } from './io/log.ts';
import type { Loop } from './io/loop.ts';
import { createNodes } from './io/nodes.ts';
import { createPacketLimit } from './io/packet-limit.ts';
import { pathChanged } from './io/path-watch.ts';
import { keepOpen } from './io/retry.ts';
import { openBus } from './open-bus.ts';
import type { Performer } from './perform.ts';
import { configuredBroker } from './settings.ts';
import type { Storage } from './state/storage.ts';
import type { Input, Output } from './step.ts';

export interface Keeping {
  readonly config: Config;
  readonly log: Log;
  /** What knows the broker, if it is not the configuration. */
  readonly brokerSource?: BrokerSource | undefined;
  /** Aborted when the bridge is to end. */
  readonly signal: AbortSignal;
  readonly storage: Storage;
  readonly clientId: string;
  readonly embeddedUrl: string | undefined;
}

/** Keeps the link to the chargers open until what it gives is called. */
export function keepLink({ config, log, signal, storage }: Keeping, loop: Loop<Input, Output>, performer: Performer) {
  const ending = new AbortController();
  const port = config['interface.port'];
  let usedBefore = storage.known.adapter;
  const settings = {
    usedBefore: () => usedBefore,
    mayWrite: config['interface.mode'] === 'master',
    received(bytes: Uint8Array) {
      performer.page?.traffic('received', bytes);
      loop.step({ type: 'bytes', bytes });
    },
  };
  const kept = keepOpen({
    open: (stop) => openBus(port, settings, stop),
    up(link) {
      performer.link = link;
      performer.page?.connection('adapter', { up: true });
      const only = port.type === 'folder' && usedBefore === undefined ? `, the only adapter in ${port.name}` : '';
      const remark = link.remark ? ` (${link.remark})` : '';
      log('info', `${port.type === 'folder' ? link.port : port.name}: open${only}${remark}`);
      const adapter = lastingName(link.port);
      if (adapter !== undefined && adapter !== usedBefore) storage.save({ adapter });
      usedBefore = adapter ?? usedBefore;
      loop.step({ type: 'link', up: true });
    },
    down(reason) {
      performer.link = undefined;
      performer.page?.connection('adapter', { up: false, reason });
      if (!signal.aborted) loop.step({ type: 'link', up: false, reason });
    },
    signal: ending.signal,
    ...(['serial', 'folder'].includes(port.type) && { retrySignal: (stop) => pathChanged(port.name, stop) }),
  });
  return closing(ending, kept);
}

/** Keeps the connection to the broker until what it gives is called. */
export function keepBroker(keeping: Keeping, loop: Loop<Input, Output>, performer: Performer) {
  const { config, log, signal, brokerSource, embeddedUrl, clientId } = keeping;
  const ending = new AbortController();
  const settings = {
    ...configuredBroker(config),
    ...(embeddedUrl && { urls: [embeddedUrl] }),
    clientId,
    statusTopic: `${config['status.MQTT.topicPrefix']}/status`,
    warn: (text: string) => log('warn', text),
    packetLimit: createPacketLimit(),
    nodes: createNodes(),
    paced: true,
  };
  const kept = keepOpen({
    async open(stop) {
      const address = await brokerSource?.(stop);
      return openBroker({ ...settings, ...address }, (message) => loop.step({ type: 'message', ...message }), stop);
    },
    up(broker) {
      performer.broker = broker;
      performer.page?.connection('broker', { up: true });
      void broker.acknowledged.then(() => log('info', `${broker.url}: connected`));
      loop.step({ type: 'broker', up: true });
    },
    down(reason, changed) {
      performer.broker = undefined;
      performer.page?.connection('broker', { up: false, reason });
      if (signal.aborted) return;
      if (changed) log('warn', `${reason} (trying again until it works)`);
      loop.step({ type: 'broker', up: false, reason });
    },
    signal: ending.signal,
    ...(brokerSource && whileAsking),
  });
  return closing(ending, kept);
}

/** What is asked for the broker is not asked too often, and has new credentials when the old ones are refused. */
const whileAsking = { soonest: 1_000, afterRefusal: 5_000 };

function closing(ending: AbortController, kept: Promise<void>): () => Promise<void> {
  return () => {
    ending.abort();
    return kept;
  };
}
