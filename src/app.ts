// The shell: opens everything, gives the heart what happens and performs what comes out of it, closes in reverse.

import { setTimeout as sleep } from 'node:timers/promises';
import { createBridge } from './bridge.ts';
import { describeFinding, problems } from './bus/finding.ts';
import { startCapture } from './capture/file.ts';
import { createCaptures } from './capture/library.ts';
import { createRecorder } from './capture/recorder.ts';
import type { Config } from './config/options.ts';
import type { PageAddress } from './config/setup.ts';
import { keepBroker, keepLink } from './connections.ts';
import type { BrokerSource } from './io/broker.ts';
import { type Closers, createClosers } from './io/closers.ts';
import { aborted, deferred } from './io/deferred.ts';
import { createLiveness, type Liveness } from './io/liveness.ts';
import { lock } from './io/lock.ts';
import type { Log } from './io/log.ts';
import { createLoop, type Loop } from './io/loop.ts';
import { wallClock } from './io/wall-clock.ts';
import { startWatchdog, type Watchdog } from './io/watchdog.ts';
import { startEmbedded } from './open-bus.ts';
import { pageSettings } from './page/settings.ts';
import { Performer } from './perform.ts';
import { allowListOf, bridgeSettings } from './settings.ts';
import { openStorage } from './state/storage.ts';
import type { Bridge, Input, Output } from './step.ts';

export interface AppSettings {
  readonly config: Config;
  readonly statePath: string;
  readonly log: Log;
  /** What knows the broker, if it is not the configuration. */
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
 * Rejects, before anything is sent, when the capture file cannot be made; and, when the chargers are told, with an error
 * that the heart has thrown.
 */
export async function run(settings: AppSettings): Promise<void> {
  const { config, statePath, log, signal, captureFile, page: address } = settings;
  await using closers = createClosers();
  closers.add((await lock(statePath)).release);
  const liveness = await watched(statePath, log, closers);
  const storage = await openStorage(statePath, config, log);
  closers.add(storage.close);
  const recorder = createRecorder({ config, known: storage.known, log });
  closers.add(() => recorder.end('the bridge has ended'));
  const captures = createCaptures(recorder, statePath, log);
  if (captureFile !== undefined) await startCapture(recorder, captureFile);
  process.on('SIGUSR2', captures.toggle);
  closers.add(() => process.off('SIGUSR2', captures.toggle));
  const choice = config['status.MQTT.broker'];
  const embedded = choice.type === 'embedded' ? await startEmbedded(choice.port, log) : undefined;
  closers.add(() => embedded?.close());

  const heart = { ...bridgeSettings(config, storage.known), wallClock };
  const bridge = recorder.recorded(createBridge(heart, performance.now()));
  const forgets = { chargers: config['interface.port'].type === 'simulator', announced: embedded !== undefined };
  const performer = new Performer({ storage, allowList: allowListOf(config), forgets, log });
  const failure = deferred<never>();
  const loop = createLoop<Input, Output>({
    stepped: touching(bridge, performer, liveness),
    time: { type: 'time' },
    perform: (output, step) => performer.perform(output, step),
    failed: failure.reject,
  });
  closers.add(loop.stop);
  // Whatever fails, and wherever: the chargers are told before the process ends.
  process.on('uncaughtException', failure.reject);
  closers.add(() => process.off('uncaughtException', failure.reject));

  const { readSessions, known } = storage;
  const shown = { ...pageSettings(config, statePath), readSessions, captures, command: asking(loop) };
  const current = { knownChargers: known.chargers.map(({ id }) => id), findings: () => bridge.findings };
  // Its server is loaded only where it is wanted.
  if (address)
    performer.page = await (await import('./page/page.ts')).startPage({ address, ...shown, ...current }, log);
  closers.add(() => performer.page?.close());
  const embeddedUrl = embedded && `mqtt://127.0.0.1:${embedded.port}`;
  const keeping = { ...settings, storage, embeddedUrl, clientId: known.clientId };
  closers.add(keepLink(keeping, loop, performer));
  closers.add(keepBroker(keeping, loop, performer));

  await untilEnded(signal, failure.promise, { bridge, loop, performer, log });
}

interface Parts {
  readonly bridge: Bridge;
  readonly loop: Loop<Input, Output>;
  readonly performer: Performer;
  readonly log: Log;
}

/** Resolves when the chargers and the broker are told that the bridge ends; rejects, when they are, with what has failed. */
async function untilEnded(signal: AbortSignal, failure: Promise<never>, parts: Parts): Promise<void> {
  const { bridge, loop, performer, log } = parts;
  try {
    await Promise.race([aborted(signal), failure]);
    log('info', 'ending: telling the chargers');
    loop.step({ type: 'shutdown' });
    await Promise.race([performer.stopped, failure]);
  } catch (error) {
    await tellChargers(bridge, performer).catch(() => {});
    log('error', `ended because of a mistake in the program, please report it: ${stackOf(error)}`);
    throw error;
  } finally {
    await performer.broker?.disconnect();
  }
}

const TELL_WITHIN = 1_000;
const TELL_EVERY = 20;

/** The heart has failed: what still works of it tells the chargers that it ends. */
async function tellChargers(bridge: Bridge, performer: Performer): Promise<void> {
  const until = performance.now() + TELL_WITHIN;
  while (performer.link && performance.now() < until) {
    const frame = bridge.lastFrame(performance.now());
    if (frame === 'done') return;
    if (frame) performer.send(frame);
    await sleep(TELL_EVERY);
  }
}

function stackOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replaceAll(/\s*\n\s*/g, ' ').slice(0, MOST_STACK);
}

const MOST_STACK = 1_000;

/** A sign of life that can be seen from outside, and a watchdog that ends a bridge which is stuck. */
async function watched(statePath: string, log: Log, closers: Closers): Promise<Liveness> {
  let watchdog: Watchdog | undefined;
  const liveness = await createLiveness(statePath, (reason) => {
    log('warn', `no sign of life can be left, so a bridge that is stuck would not be noticed: ${reason}`);
    watchdog?.stop();
  });
  closers.add(liveness.end);
  watchdog = await startWatchdog({ livenessPath: liveness.path });
  closers.add(watchdog.stop);
  return liveness;
}

/** The heart, with a sign of life at every step. */
function touching(bridge: Bridge, performer: Performer, liveness: Liveness): Bridge {
  const status = () => ({
    link: performer.link !== undefined,
    broker: performer.broker !== undefined,
    problem: problems(bridge.findings).map(describeFinding).join('; '),
  });
  return {
    ...bridge,
    step(input, now) {
      liveness.touch(status);
      return bridge.step(input, now);
    },
    get findings() {
      return bridge.findings;
    },
  };
}

/** What the page asks for goes the way of what the broker brings; gives why it was refused, undefined if it was not. */
function asking(loop: Loop<Input, Output>): (topic: string, payload: string) => string | undefined {
  return (topic, payload) => {
    const outputs = loop.step({ type: 'message', topic, payload, retained: false });
    const answer = outputs.find((output) => output.type === 'answer');
    return answer ? answer.refusal : 'nothing can be set here';
  };
}
