// The command `doctor`: listens to the bus for a while, asks if it may, and says in words what is wrong and what to do.

import type { Finding } from '../bus/finding.ts';
import { spoilt } from '../bus/statistics.ts';
import { createTraffic, type Traffic } from '../bus/traffic.ts';
import type { Charger } from '../charger/charger.ts';
import { record } from '../charger/record.ts';
import type { Wishes } from '../charger/wishes.ts';
import type { Config } from '../config/options.ts';
import { restored } from '../config/restored.ts';
import { bridgeSettings, permit } from '../config/settings.ts';
import { findSettings } from '../config/setup.ts';
import { deferred } from '../io/deferred.ts';
import type { Link } from '../io/link.ts';
import { livingSign } from '../io/sign-of-life.ts';
import { forbidden } from '../protocol/permit.ts';
import { openBus } from '../stand-ins.ts';
import { UsageError } from './commands.ts';

/** A slave without a master says hello every 10 s; who can not be read is heard for a second hello. */
const LISTEN_FOR = 12_000;
const LISTEN_ON_FOR = 12_000;
const ASK_FOR = 21_000;

/** Rejects with an error in an owner's words when something is wrong; the findings are printed before. */
export async function doctor(file: string, asks: boolean, print: (text: string) => void): Promise<void> {
  const { config, statePath, inWords } = await findSettings(file, process.env);
  const port = config['interface.port'];
  const mode = config['interface.mode'];
  if (asks && mode === 'listen') throw new UsageError(inWords('doctor: --ask needs interface.mode master'));
  const running = await livingSign(statePath).catch(() => undefined);
  if (running?.link && port !== 'simulator') {
    const says = running.problem || 'nothing is wrong';
    throw new Error(`The bridge itself holds ${port} (process ${running.pid}): stop it first. It says: ${says}`);
  }
  const saved = await restored(statePath, config, () => {});
  const settings = { ...bridgeSettings(config, saved), silent: true };
  const silent = createTraffic(settings, () => {}, performance.now());
  print(`${port}: listening for ${LISTEN_FOR / 1_000} s, nothing is sent\n`);
  await attend(silent, config, false, async (wait) => {
    await wait(LISTEN_FOR);
    const { bytes, frames } = silent.statistics.total;
    if (bytes > 0 && frames === 0) await wait(LISTEN_ON_FOR);
  });
  const heard = [...silent.fleet.values()].filter(({ heardAt }) => heardAt !== undefined);
  let judged = silent;
  if (asks && silent.mayAsk(performance.now())) {
    const remembered = heard.filter(({ id }) => id !== settings.id).map(record);
    judged = createTraffic({ ...settings, silent: false, remembered }, () => {}, performance.now());
    print(`asking for ${ASK_FOR / 1_000} s; no car is offered more than it has\n`);
    await attend(judged, config, true, (wait) => wait(ASK_FOR));
  }
  const findings = judged.impression(nothingFor(config), performance.now());
  print(report(judged, [...heard, ...judged.fleet.values()], findings));
  if (findings.some(({ level }) => level === 'problem')) throw new Error('Something is wrong, see above');
  print(
    asks || mode === 'listen'
      ? 'All is well.\n'
      : 'Nothing is wrong. Whether the chargers answer is asked with --ask.\n',
  );
}

/** Whoever asks to find out must not let a car begin to charge that would be left alone afterwards. */
function nothingFor(config: Config): Wishes {
  const wish = { limit: config['config.maxAmpsPerTWC'], allowed: false };
  return { circuit: config['config.maxAmpsForSlaves'], of: () => wish };
}

/** Opens the link, gives the traffic its bytes and time while the visit lasts, and sends what it says if it may. */
async function attend(
  traffic: Traffic,
  config: Config,
  mayWrite: boolean,
  visit: (wait: (milliseconds: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const wishes = nothingFor(config);
  const permitted = permit(config);
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let link: Link | undefined;

  function turn(bytes: Uint8Array = new Uint8Array()): void {
    const now = performance.now();
    if (bytes.length > 0) traffic.hears(bytes, now);
    traffic.ages(now);
    const said = traffic.speaks(wishes, now);
    if (said && forbidden(said, permitted) === undefined) link?.write?.(said);
    clearTimeout(timer);
    if (!ending.signal.aborted) timer = setTimeout(turn, Math.max(1, traffic.wakeAt(now) - performance.now()));
  }

  link = await openBus({ port: config['interface.port'], mayWrite, received: turn }, ending.signal);
  const gone = link.closed.then((reason) => Promise.reject(new Error(reason)));
  traffic.opened(performance.now());
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

function report(
  { statistics: { total } }: Traffic,
  chargers: readonly Charger[],
  findings: readonly Finding[],
): string {
  const heard = new Map(chargers.map((charger) => [charger.id, inWords(charger)]));
  return [
    `heard: ${total.frames} good frames, ${spoilt(total)} bad ones, ${total.bytes} bytes`,
    `chargers: ${[...heard.values()].join('; ') || 'none'}`,
    ...findings.flatMap(({ level, text, advice }) => [`${level}: ${text}`, ...(advice ? [`  ${advice}`] : [])]),
    '',
  ].join('\n');
}

function inWords({ id, heardAt, heartbeat, ratedAmps }: Charger): string {
  const hardware = ratedAmps === undefined ? '' : `, hardware limit ${ratedAmps} A`;
  if (heardAt === undefined) return `${id} is known and was not heard`;
  return `${id} ${heartbeat ? 'answers' : 'says hello'}${hardware}`;
}
