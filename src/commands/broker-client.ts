// What commands do at the configured broker, beside a bridge that may be running there.

import { randomBytes } from 'node:crypto';
import type { Setup } from '../config/setup.ts';
import { openBroker } from '../io/broker.ts';
import { deferred } from '../io/deferred.ts';
import { configuredBroker } from '../settings.ts';
import { UsageError } from './command.ts';

export interface BrokerClient {
  /** Subscribes to these patterns too; gives all that the broker holds under them and those before, by topic. */
  retained(patterns: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Resolves when the broker has taken it. */
  publish(topic: string, payload: string, retain: boolean): Promise<void>;
  close(): Promise<void>;
}

interface ClientSettings extends Pick<Setup, 'config' | 'brokerSource'> {
  /** The command. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly warn: (text: string) => void;
}

/** Rejects with a UsageError when the broker is our own, which a second program cannot ask for what it held. */
export async function openBrokerClient({ config, brokerSource, ...settings }: ClientSettings): Promise<BrokerClient> {
  const { name, signal, warn } = settings;
  const prefix = config['status.MQTT.topicPrefix'];
  if (config['status.MQTT.broker'].type === 'embedded') {
    throw new UsageError(
      `${name}: expected a configured broker, got the embedded one, which keeps nothing when it ends`,
    );
  }
  const retained = new Map<string, string>();
  const probes = new Map<string, () => void>();
  const broker = await openBroker(
    {
      ...configuredBroker(config),
      ...(await brokerSource?.(signal)),
      clientId: `twc2mqtt-${name}-${randomBytes(4).toString('hex')}`,
      statusTopic: undefined,
      warn,
    },
    ({ topic, payload, retained: isRetained }) => {
      if (isRetained) retained.set(topic, payload);
      probes.get(topic)?.();
    },
    signal,
  );

  async function publish(topic: string, payload: string, retain: boolean): Promise<void> {
    const taken = deferred<void>();
    broker.publish(topic, payload, (problem) => (problem ? taken.reject(new Error(problem)) : taken.resolve()), retain);
    const gone = broker.closed.then((reason) => Promise.reject(new Error(reason)));
    await Promise.race([taken.promise, gone]);
  }

  return {
    publish,
    close: () => broker.close(),
    // All that the broker holds comes before our own probe.
    async retained(patterns) {
      const probe = `${prefix}/probe/${randomBytes(4).toString('hex')}`;
      const { promise, resolve } = deferred<void>();
      probes.set(probe, resolve);
      for (const pattern of [...patterns, probe]) broker.subscribe(pattern);
      await publish(probe, 'probe', false);
      await promise;
      return retained;
    },
  };
}
