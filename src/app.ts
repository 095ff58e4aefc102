// The shell: opens the link and the broker, turns the crank, performs the outputs, closes in reverse.

import { type Bridge, createBridge, type Input, type Output } from './bridge.ts';
import { inOneLine, problems } from './bus/finding.ts';
import type { Config } from './config/options.ts';
import { restored } from './config/restored.ts';
import { bridgeSettings, configuredBroker, permit } from './config/settings.ts';
import { type Broker, type BrokerSource, openBroker } from './io/broker.ts';
import { aborted, deferred } from './io/deferred.ts';
import type { EmbeddedBroker } from './io/embedded.ts';
import { type Link, type LinkSettings, openLink } from './io/link.ts';
import type { Log } from './io/log.ts';
import { keepOpen } from './io/retry.ts';
import { createSignOfLife } from './io/sign-of-life.ts';
import { openSimulated } from './io/simulated.ts';
import { createStateWriter } from './io/state-file.ts';
import { startWatchdog } from './io/watchdog.ts';
import { forbidden } from './protocol/permit.ts';

export interface AppSettings {
  readonly config: Config;
  readonly statePath: string;
  readonly log: Log;
  /** Who knows the broker, if it is not the configuration. */
  readonly brokerSource?: BrokerSource | undefined;
  /** Aborted when the bridge is to end. */
  readonly signal: AbortSignal;
}

/** Runs the bridge until the signal is aborted; resolves when the chargers are told, `offline` is said and all is closed. */
export async function run({ config, statePath, log, brokerSource, signal }: AppSettings): Promise<void> {
  const port = config['interface.port'];
  const state = await restored(statePath, config, log);
  const writer = createStateWriter(statePath, (reason) => log('warn', `${statePath}: can not be written, ${reason}`));
  writer.write(state);

  const sign = await createSignOfLife(statePath, (reason) => {
    log('warn', `no sign of life can be left, and nobody watches whether the bridge is stuck: ${reason}`);
    watchdog.stop();
  });
  const watchdog = await startWatchdog({ sign: sign.path });
  const embedded = await startEmbedded(config, log);
  const bridge = createBridge(bridgeSettings(config, state), performance.now());
  const permitted = permit(config);
  const ending = new AbortController();
  const left = deferred<void>();
  let link: Link | undefined;
  let broker: Broker | undefined;

  function send(bytes: Uint8Array): void {
    const problem = forbidden(bytes, permitted);
    if (problem === undefined) link?.write?.(bytes);
    else log('error', `refused to send a frame: ${problem}`);
  }

  function publish(topic: string, payload: string): void {
    broker?.publish(topic, payload, (problem) => {
      if (problem !== undefined) log('warn', `${topic}: the broker did not take it, ${problem}`);
      turn({ is: 'delivered', topic });
    });
  }

  function perform(output: Output): void {
    switch (output.do) {
      case 'send':
        send(output.bytes);
        break;
      case 'publish':
        publish(output.topic, output.payload);
        break;
      case 'log':
        log(output.level, output.text);
        break;
      case 'subscribe':
        broker?.subscribe(output.topic);
        break;
      case 'save':
        writer.write({
          ...state,
          chargers: port === 'simulator' ? [] : output.chargers,
          announced: embedded ? [] : output.announced,
          setPoints: output.setPoints,
        });
        break;
      case 'left':
        left.resolve();
        break;
    }
  }

  const condition = () => ({
    link: link !== undefined,
    broker: broker !== undefined,
    problem: problems(bridge.findings).map(inOneLine).join('; '),
  });
  const turn = crank(bridge, perform, () => sign.turned(condition));
  const settings = {
    port,
    mayWrite: config['interface.mode'] === 'master',
    received: (bytes: Uint8Array) => turn({ is: 'bytes', bytes }),
  };

  const keepingLink = keepOpen({
    open: (stop) => openBus(settings, stop),
    up(opened) {
      link = opened;
      log('info', opened.port === port ? `${port}: open` : `${opened.port}: open, the only adapter in ${port}`);
      turn({ is: 'link', up: true });
    },
    down(reason) {
      link = undefined;
      if (signal.aborted) return;
      turn({ is: 'link', up: false, reason });
    },
    signal: ending.signal,
  });

  const brokerSettings = {
    ...configuredBroker(config),
    ...(embedded && { url: `mqtt://127.0.0.1:${embedded.port}` }),
    clientId: state.clientId,
    statusTopic: `${config['status.MQTT.topicPrefix']}/status`,
  };
  const keepingBroker = keepOpen({
    async open(stop) {
      const asked = await brokerSource?.(stop);
      return openBroker({ ...brokerSettings, ...asked }, (message) => turn({ is: 'message', ...message }), stop);
    },
    up(opened) {
      broker = opened;
      log('info', `${opened.url}: connected`);
      turn({ is: 'broker', up: true });
    },
    down(reason) {
      broker = undefined;
      if (signal.aborted) return;
      log('warn', `${reason} (trying again until it works)`);
      turn({ is: 'broker', up: false, reason });
    },
    signal: ending.signal,
    ...(brokerSource && whileAsking),
  });

  await aborted(signal);
  log('info', 'ending: telling the chargers');
  turn({ is: 'leave' });
  await left.promise;
  await broker?.farewell();
  ending.abort();
  await Promise.all([keepingLink, keepingBroker]);
  await embedded?.close();
  await writer.settled();
  turn.stop();
  watchdog.stop();
  await sign.end();
}

/** Who is asked for the broker is not asked too often, and has new credentials when the old ones are refused. */
const whileAsking = { soonest: 1_000, afterRefusal: 5_000 };

/** Steps the bridge with an input, performs what comes out, tells that it turned, and wakes it when it wants to be woken. */
function crank(
  bridge: Bridge,
  perform: (output: Output) => void,
  turned: () => void,
): ((input: Input) => void) & { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  function turn(input: Input): void {
    const now = performance.now();
    for (const output of bridge.step(input, now)) perform(output);
    turned();
    clearTimeout(timer);
    const wait = bridge.wakeAt(now) - performance.now();
    if (Number.isFinite(wait)) timer = setTimeout(turn, Math.max(1, Math.ceil(wait)), { is: 'time' } satisfies Input);
  }
  return Object.assign(turn, { stop: () => clearTimeout(timer) });
}

/** Opens the link, or simulated chargers in its place; rejects with an error in an owner's words. */
export async function openBus(settings: LinkSettings, signal: AbortSignal): Promise<Link> {
  if (settings.port !== 'simulator') return openLink(settings, signal);
  const { createSimulatedBus, demonstration } = await import('./simulator/bus.ts');
  return openSimulated(createSimulatedBus(demonstration()), settings);
}

const EMBEDDED_PORT = 1883;

async function startEmbedded(config: Config, log: Log): Promise<EmbeddedBroker | undefined> {
  const [kind, port = EMBEDDED_PORT] = config['status.MQTT.broker'].split(':');
  if (kind !== 'embedded') return undefined;
  const { startEmbedded: start } = await import('./io/embedded.ts');
  const embedded = await start(Number(port));
  const taken = embedded.port === Number(port) ? '' : ` (port ${port} is taken)`;
  log('info', `embedded broker: listens on 127.0.0.1:${embedded.port}${taken}, for programs on this machine only`);
  return embedded;
}
