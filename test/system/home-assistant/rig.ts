// A bridge with its chargers, on the broker that Home Assistant is on. Each test has its own, under its own prefix.

import type { Written } from '../../../src/config/options.ts';
import { type RunningBridge, startBridge } from '../bridge.ts';
import { createFolder } from '../folder.ts';
import { createSerialServer } from '../serial-server.ts';
import { attach } from '../slaves.ts';
import type { Puppet } from './puppet.ts';

export interface Rig extends AsyncDisposable {
  readonly bridge: RunningBridge;
  /** Ends the bridge and starts it again, as it was or with other settings; `signal` says how it ends. */
  restart(settings?: Written, signal?: NodeJS.Signals): Promise<void>;
}

export async function startRig(
  broker: { readonly url: string },
  puppets: readonly Puppet[],
  settings: Written & { readonly 'status.MQTT.topicPrefix': string },
): Promise<Rig> {
  const folder = await createFolder();
  const server = await createSerialServer();
  await server.listen();
  const slaves = attach(
    server,
    puppets.map(({ slave }) => slave),
  );
  const begin = (more: Written = {}) =>
    startBridge(folder, {
      'interface.port': server.port,
      'status.MQTT.broker': broker.url,
      'homeassistant.discovery': 'entity',
      ...settings,
      ...more,
    });
  let bridge = await begin();
  return {
    get bridge() {
      return bridge;
    },
    async restart(more, signal = 'SIGTERM') {
      await bridge.end(signal);
      bridge = await begin(more);
    },
    async [Symbol.asyncDispose]() {
      await bridge.end('SIGTERM');
      slaves[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
