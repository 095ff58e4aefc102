// The command `doctor`: listens to the bus for a while, asks if it may, and says in words what is wrong and what to do.

import { type Bus, createBus } from '../bus/bus.ts';
import type { Finding } from '../bus/finding.ts';
import { spoilt } from '../bus/statistics.ts';
import type { Charger } from '../charger/charger.ts';
import { toSaved } from '../charger/saved.ts';
import type { Config } from '../config/options.ts';
import { findSettings } from '../config/setup.ts';
import type { Targets } from '../control/targets.ts';
import { deferred } from '../io/deferred.ts';
import type { Link } from '../io/link.ts';
import { readLiveness } from '../io/liveness.ts';
import { openBus } from '../open-bus.ts';
import { forbidden } from '../protocol/allow-list.ts';
import { allowListOf, bridgeSettings } from '../settings.ts';
import { restore } from '../state/restore.ts';
import { UsageError } from './command.ts';

/** A slave without a master says hello every 10 s; who can not be read is heard for a second hello. */
const LISTEN_FOR = 12_000;
const LISTEN_ON_FOR = 12_000;
const ASK_FOR = 21_000;

/** Rejects with an error in an owner's words when something is wrong; the findings are printed before. */
export async function doctor(file: string, asks: boolean, print: (text: string) => void): Promise<void> {
  const { config, statePath, withLocalNames: inWords } = await findSettings(file, process.env);
  const port = config['interface.port'];
  const mode = config['interface.mode'];
  if (asks && mode === 'listen') throw new UsageError(inWords('doctor: --ask needs interface.mode master'));
  const running = await readLiveness(statePath).catch(() => undefined);
  if (running?.link && port.type !== 'simulator') {
    const says = running.problem || 'nothing is wrong';
    throw new Error(`The bridge itself holds ${port.name} (process ${running.pid}): stop it first. It says: ${says}`);
  }
  const saved = await restore(statePath, config, () => {});
  const settings = { ...bridgeSettings(config, saved), silentBus: true };
  const silent = createBus(settings, () => {}, performance.now());
  print(`${port.name}: listening for ${LISTEN_FOR / 1_000} s, nothing is sent\n`);
  await attend(silent, config, false, async (wait) => {
    await wait(LISTEN_FOR);
    const { bytes, frames } = silent.statistics.total;
    if (bytes > 0 && frames === 0) await wait(LISTEN_ON_FOR);
  });
  const heard = [...silent.fleet.values()].filter(({ heardAt }) => heardAt !== undefined);
  let judged = silent;
  if (asks && silent.mayAsk(performance.now())) {
    const remembered = heard.filter(({ id }) => id !== settings.id).map(toSaved);
    judged = createBus({ ...settings, silent: false, savedChargers: remembered }, () => {}, performance.now());
    print(`asking for ${ASK_FOR / 1_000} s; no car is offered more than it has\n`);
    await attend(judged, config, true, (wait) => wait(ASK_FOR));
  }
  const findings = judged.findingsNow(nothingFor(config), performance.now());
  print(report(judged, [...heard, ...judged.fleet.values()], findings));
  if (findings.some(({ level }) => level === 'problem')) throw new Error('Something is wrong, see above');
  print(
    asks || mode === 'listen'
      ? 'All is well.\n'
      : 'Nothing is wrong. Whether the chargers answer is asked with --ask.\n',
  );
}

/** Whoever asks to find out must not let a car begin to charge that would be left alone afterwards. */
function nothingFor(config: Config): Targets {
  const wish = { limit: config['config.maxAmpsPerTWC'], enabled: false };
  return { circuit: config['config.maxAmpsForSlaves'], of: () => wish };
}

/** Opens the link, gives the traffic its bytes and time while the visit lasts, and sends what it says if it may. */
async function attend(
  bus: Bus,
  config: Config,
  mayWrite: boolean,
  visit: (wait: (milliseconds: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const wishes = nothingFor(config);
  const permitted = allowListOf(config);
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let link: Link | undefined;

  function turn(bytes: Uint8Array = new Uint8Array()): void {
    const now = performance.now();
    if (bytes.length > 0) bus.received(bytes, now);
    bus.advance(now);
    const said = bus.nextFrame(wishes, now);
    if (said && forbidden(said, permitted) === undefined) link?.write?.(said);
    clearTimeout(timer);
    if (!ending.signal.aborted) timer = setTimeout(turn, Math.max(1, bus.wakeAt(now) - performance.now()));
  }

  link = await openBus(config['interface.port'], { mayWrite, received: turn }, ending.signal);
  const gone = link.closed.then((reason) => Promise.reject(new Error(reason)));
  bus.opened(performance.now());
  turn();
  try {
    await Promise.race([gone, visit(waited)]);
  } finally {
    ending.abort();
    clearTimeout(timer);
    gone.catch(() => {});
    await link.close();
  }
}

function waited(milliseconds: number): Promise<void> {
  const { promise, resolve } = deferred<void>();
  setTimeout(resolve, milliseconds);
  return promise;
}

function report({ statistics: { total } }: Bus, chargers: readonly Charger[], findings: readonly Finding[]): string {
  const heard = new Map(chargers.map((charger) => [charger.id, describeCharger(charger)]));
  return [
    `heard: ${total.frames} good frames, ${spoilt(total)} bad ones, ${total.bytes} bytes`,
    `chargers: ${[...heard.values()].join('; ') || 'none'}`,
    ...findings.flatMap(({ level, text, advice }) => [`${level}: ${text}`, ...(advice ? [`  ${advice}`] : [])]),
    '',
  ].join('\n');
}

function describeCharger({ id, heardAt, heartbeat, ratedAmps }: Charger): string {
  const hardware = ratedAmps === undefined ? '' : `, hardware limit ${ratedAmps} A`;
  if (heardAt === undefined) return `${id} is known and was not heard`;
  return `${id} ${heartbeat ? 'answers' : 'says hello'}${hardware}`;
}
