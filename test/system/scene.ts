// A whole house for a fault to happen in: a broker, a bus with a charger whose car takes another current every moment, the
// bridge between them, and a subscriber that reads everything.

import type { Written } from '../../src/config/options.ts';
import { slave, tesla } from '../world.ts';
import { AsyncStack } from './async-stack.ts';
import { type RunningBridge, startBridge } from './bridge.ts';
import type { Cable } from './cable.ts';
import { type Detour, startDetour } from './detour.ts';
import { createFolder, type Folder } from './folder.ts';
import { type Mosquitto, type MosquittoSettings, startMosquitto } from './mosquitto.ts';
import { createPty, type Pty, type PtySettings } from './pty.ts';
import { connected } from './remembered.ts';
import { createSerialServer } from './serial-server.ts';
import { attach, type Slaves, type SlavesSettings } from './slaves.ts';
import { type Subscriber, type SubscriberSettings, subscribe } from './subscriber.ts';
import { until } from './until.ts';

export interface Scene extends AsyncDisposable {
  readonly folder: Folder;
  readonly broker: Mosquitto;
  readonly pty: Pty;
  /** Between the bridge and the serial server, where that is the cable. */
  readonly detour: Detour;
  readonly bus: Slaves;
  readonly subscriber: Subscriber;
  readonly bridge: RunningBridge;
  /** What the log told an owner, without the time and without what chargers do. */
  news(): readonly string[];
  /** Waits for a measured value that is newer than this moment; how long after the other moment it came (ms). */
  flows(since: number, after?: number): Promise<number>;
}

export interface SceneSettings {
  readonly cable?: 'pty' | 'tcp';
  readonly pty?: PtySettings;
  readonly broker?: MosquittoSettings;
  readonly login?: SubscriberSettings;
  readonly config?: Written;
  readonly environment?: Readonly<Record<string, string>>;
  readonly line?: SlavesSettings['line'];
}

const FLOWS_WITHIN = 75_000;

export async function createScene(settings: SceneSettings = {}): Promise<Scene> {
  const things = new AsyncStack();
  try {
    const folder = things.use(await createFolder());
    const broker = things.use(await startMosquitto(settings.broker));
    const pty = things.use(await createPty(settings.pty));
    const server = things.use(await createSerialServer());
    await server.listen();
    const detour = things.use(await startDetour(Number(new URL(server.port).port)));
    const cable: Cable = settings.cable === 'tcp' ? server : pty;
    const subscriber = things.use(await subscribe(broker.url, settings.login));
    const car = (now: number) => ({ ...tesla, amps: 10 + (now % 5_000) / 1_000 });
    const slaves = [slave('1A2B', { car })];
    const bus = things.use(attach(cable, slaves, settings.line && { line: settings.line }));
    const port = cable === server ? `tcp://127.0.0.1:${detour.port}` : pty.port;
    connected(port, slaves);
    const bridge = things.use(
      await startBridge(
        folder,
        {
          'interface.port': port,
          'status.MQTT.broker': broker.url,
          ...settings.config,
        },
        settings.environment,
      ),
    );
    return {
      folder,
      broker,
      pty,
      detour,
      bus,
      subscriber,
      bridge,
      news() {
        const told = bridge.lines.map((line) => /^\S+ ((?:error|warn|info) .*)$/.exec(line)?.[1] ?? '');
        return told.filter((line) => line !== '' && !line.includes(' 1A2B: '));
      },
      async flows(since, after = since) {
        const fresh = () =>
          subscriber.messages.find(
            ({ topic, at, payload, retained }) =>
              topic === 'TWC/1A2B/ampsInUse' && at > since && payload !== '0' && !retained,
          );
        const found = await until(fresh, () => `values flow, but:\n${bridge.lines.join('\n')}`, FLOWS_WITHIN);
        return Math.max(0, found.at - after);
      },
      [Symbol.asyncDispose]: () => things.end(),
    };
  } catch (error) {
    await things.end();
    throw error;
  }
}
