// The shell: opens the link and the broker, turns the crank, performs the outputs, closes in reverse.

import { type Bridge, createBridge, type Input, type Output } from './bridge.ts';
import { describeFinding, problems } from './bus/finding.ts';
import { startCapture } from './capture/file.ts';
import { createCaptures } from './capture/library.ts';
import { createRecorder } from './capture/recorder.ts';
import type { Config } from './config/options.ts';
import type { PageAddress } from './config/setup.ts';
import { type Broker, type BrokerSource, openBroker } from './io/broker.ts';
import { aborted, deferred } from './io/deferred.ts';
import { createLineWriter } from './io/line-file.ts';
import type { Link } from './io/link.ts';
import { createLiveness } from './io/liveness.ts';
import type { Log } from './io/log.ts';
import { pathChanged } from './io/path-watch.ts';
import { keepOpen } from './io/retry.ts';
import { createStateWriter } from './io/state-file.ts';
import { startWatchdog } from './io/watchdog.ts';
import { openBus, startEmbedded } from './open-bus.ts';
import { pageSettings } from './page/settings.ts';
import { startPage } from './page/start.ts';
import { forbidden } from './protocol/allow-list.ts';
import { allowListOf, bridgeSettings, configuredBroker } from './settings.ts';
import { restore } from './state/restore.ts';
import type { SavedState } from './state/saved-state.ts';
import { MOST_SESSION_LOG_BYTES, sessionLogPath, readSessions as sessionsIn } from './state/session-log.ts';

export interface AppSettings {
  readonly config: Config;
  readonly statePath: string;
  readonly log: Log;
  /** Who knows the broker, if it is not the configuration. */
  readonly brokerSource?: BrokerSource | undefined;
  /** A new file that is to hold what is on the bus from the first byte on. */
  readonly captureFile?: string | undefined;
  /** Where the page is served, if there is one. */
  readonly page?: PageAddress | undefined;
  /** Aborted when the bridge is to end. */
  readonly signal: AbortSignal;
}

/**
 * Runs the bridge until the signal is aborted; resolves when the chargers are told, `offline` is said and all is closed.
 * Rejects, before anything is sent, when the capture file can not be made.
 */
export async function run({ config, statePath, log, signal, ...rest }: AppSettings): Promise<void> {
  const { brokerSource, captureFile, page: address } = rest;
  const port = config['interface.port'];
  const choice = config['status.MQTT.broker'];
  const state = await restore(statePath, config, log);
  const writer = createStateWriter(statePath, (problem) =>
    problem === undefined
      ? log('info', `${statePath}: can be written again`)
      : log('warn', `${statePath}: can not be written, ${problem}`),
  );
  writer.write(state);
  const path = sessionLogPath(statePath, config);
  const history = createLineWriter(path, MOST_SESSION_LOG_BYTES, (reason) =>
    log('warn', `${path}: the session can not be written, ${reason} (trying again with the next)`),
  );

  const recorder = createRecorder({ config, known: state, log });
  const captures = createCaptures(recorder, statePath, log);
  if (captureFile !== undefined) await startCapture(recorder, captureFile);
  process.on('SIGUSR2', captures.toggle);

  const sign = await createLiveness(statePath, (reason) => {
    log('warn', `no sign of life can be left, and nobody watches whether the bridge is stuck: ${reason}`);
    watchdog.stop();
  });
  const watchdog = await startWatchdog({ livenessPath: sign.path });
  const embedded = choice.type === 'embedded' ? await startEmbedded(choice.port, log) : undefined;
  const readSessions = () => history.settled().then(() => sessionsIn(path));
  const shown = { ...pageSettings(config), readSessions, captures };
  const page = address && (await startPage({ address, ...shown, command: ask }, log));
  const wallClock = (now: number) => Date.now() - performance.now() + now;
  const bridge = recorder.recorded(createBridge({ ...bridgeSettings(config, state), wallClock }, performance.now()));
  const permitted = allowListOf(config);
  const ending = new AbortController();
  const left = deferred<void>();
  let link: Link | undefined;
  let broker: Broker | undefined;
  let refusal: string | undefined;
  let saving = Promise.resolve();

  function send(bytes: Uint8Array): void {
    const problem = forbidden(bytes, permitted);
    if (problem !== undefined) {
      log('error', `refused to send a frame: ${problem}`);
      return;
    }
    link?.write?.(bytes);
    page?.received('said', bytes);
  }

  /** What the page asks for goes the way of what the broker brings. */
  function ask(topic: string, payload: string): string | undefined {
    refusal = 'nothing can be set here';
    turn({ type: 'message', topic, payload, retained: false });
    return refusal;
  }

  function publish(topic: string, payload: string): void {
    broker?.publish(topic, payload, (problem) => {
      turn({ type: 'delivered', topic, refused: problem !== undefined });
    });
  }

  /** A session that is over is in the history before the state forgets that it went on. */
  function save(newest: SavedState): void {
    saving = history.settled().then(() => writer.write(newest));
  }

  function perform(output: Output): void {
    switch (output.type) {
      case 'send':
        send(output.bytes);
        break;
      case 'publish':
        publish(output.topic, output.payload);
        break;
      case 'show':
        page?.show(output.values);
        break;
      case 'answer':
        refusal = output.refusal;
        break;
      case 'log':
        log(output.level, output.text);
        break;
      case 'subscribe':
        broker?.subscribe(output.topic);
        break;
      case 'save':
        save({
          ...state,
          chargers: port.type === 'simulator' ? [] : output.chargers,
          announced: embedded ? [] : output.announced,
          setPoints: output.setPoints,
          sessions: output.sessions,
        });
        break;
      case 'endSession':
        history.append(output.session);
        break;
      case 'stopped':
        left.resolve();
        break;
    }
  }

  const condition = () => ({
    link: link !== undefined,
    broker: broker !== undefined,
    problem: problems(bridge.findings).map(describeFinding).join('; '),
  });
  const turn = crank(bridge, perform, () => sign.touch(condition));
  const linkSettings = {
    mayWrite: config['interface.mode'] === 'master',
    received(bytes: Uint8Array) {
      page?.received('heard', bytes);
      turn({ type: 'bytes', bytes });
    },
  };

  const keepingLink = keepOpen({
    open: (stop) => openBus(port, linkSettings, stop),
    up(opened) {
      link = opened;
      log(
        'info',
        port.type === 'folder' ? `${opened.port}: open, the only adapter in ${port.name}` : `${port.name}: open`,
      );
      turn({ type: 'link', up: true });
    },
    down(reason) {
      link = undefined;
      if (signal.aborted) return;
      turn({ type: 'link', up: false, reason });
    },
    signal: ending.signal,
    ...(['serial', 'folder'].includes(port.type) && { retrySignal: (stop) => pathChanged(port.name, stop) }),
  });

  const brokerSettings = {
    ...configuredBroker(config),
    ...(embedded && { url: `mqtt://127.0.0.1:${embedded.port}` }),
    clientId: state.clientId,
    statusTopic: `${config['status.MQTT.topicPrefix']}/status`,
    warn: (text: string) => log('warn', text),
  };
  const keepingBroker = keepOpen({
    async open(stop) {
      const asked = await brokerSource?.(stop);
      return openBroker({ ...brokerSettings, ...asked }, (message) => turn({ type: 'message', ...message }), stop);
    },
    up(opened) {
      broker = opened;
      void opened.acknowledged.then(() => log('info', `${opened.url}: connected`));
      turn({ type: 'broker', up: true });
    },
    down(reason, isNews) {
      broker = undefined;
      if (signal.aborted) return;
      if (isNews) log('warn', `${reason} (trying again until it works)`);
      turn({ type: 'broker', up: false, reason });
    },
    signal: ending.signal,
    ...(brokerSource && whileAsking),
  });

  await aborted(signal);
  log('info', 'ending: telling the chargers');
  turn({ type: 'shutdown' });
  await left.promise;
  await broker?.disconnect();
  ending.abort();
  await Promise.all([keepingLink, keepingBroker, page?.close()]);
  await embedded?.close();
  process.off('SIGUSR2', captures.toggle);
  await recorder.end('the bridge has ended');
  await saving;
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
    if (Number.isFinite(wait)) timer = setTimeout(turn, Math.max(1, Math.ceil(wait)), { type: 'time' } satisfies Input);
  }
  return Object.assign(turn, { stop: () => clearTimeout(timer) });
}
