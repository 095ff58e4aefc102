// The command `doctor`: listens to the bus for a while, asks if it may, and says in words what is wrong and what to do.

import { setTimeout as sleep } from 'node:timers/promises';
import { Bus } from '../bus/bus.ts';
import type { Finding } from '../bus/finding.ts';
import { spoilt } from '../bus/statistics.ts';
import type { Charger } from '../charger/charger.ts';
import { toSaved } from '../charger/saved.ts';
import type { Config } from '../config/options.ts';
import { findSettings } from '../config/setup.ts';
import type { Targets } from '../control/targets.ts';
import { createClosers } from '../io/closers.ts';
import type { Link } from '../io/link.ts';
import { readLiveness } from '../io/liveness.ts';
import { createLoop } from '../io/loop.ts';
import { typedCommand } from '../io/typed-command.ts';
import { wallClock } from '../io/wall-clock.ts';
import { openBus } from '../open-bus.ts';
import { forbidden } from '../protocol/allow-list.ts';
import { allowListOf, bridgeSettings } from '../settings.ts';
import { knownState } from '../state/restore.ts';
import { UsageError } from './command.ts';

/** A slave without a master announces itself every 10 s; one that cannot be read is heard a second time. */
const LISTEN_FOR = 12_000;
const LISTEN_ON_FOR = 12_000;
const ASK_FOR = 21_000;

/** Rejects with an error in an owner's words when something is wrong; the findings are printed before. */
export async function doctor(file: string, asks: boolean, print: (text: string) => void): Promise<void> {
  const { config, statePath, withLocalNames } = await findSettings(file, process.env);
  const port = config['interface.port'];
  const mode = config['interface.mode'];
  if (asks && mode === 'listen') throw new UsageError(withLocalNames('doctor: --ask needs interface.mode master'));
  const running = await readLiveness(statePath).catch(() => undefined);
  if (running?.link && port.type !== 'simulator') {
    const says = running.problem || 'nothing is wrong';
    throw new Error(`The bridge itself holds ${port.name} (process ${running.pid}): stop it first. It says: ${says}`);
  }
  const saved = await knownState(statePath, config);
  const settings = { ...bridgeSettings(config, saved), wallClock, silent: true };
  const silent = new Bus(settings, () => {}, performance.now());
  print(`${port.name}: listening for ${LISTEN_FOR / 1_000} s, nothing is sent\n`);
  await attend(silent, config, false, async (wait) => {
    await wait(LISTEN_FOR);
    const { bytes, frames } = silent.statistics.total;
    if (bytes > 0 && frames === 0) await wait(LISTEN_ON_FOR);
  });
  const heard = [...silent.fleet.values()].filter(({ heardAt }) => heardAt !== undefined);
  let judged = silent;
  if (asks && silent.mayAsk(performance.now())) {
    const remembered = heard.filter(({ id }) => id !== settings.id).map((charger) => toSaved(charger, wallClock));
    judged = new Bus({ ...settings, silent: false, savedChargers: remembered }, () => {}, performance.now());
    print(`asking for ${ASK_FOR / 1_000} s; no car is offered more than it has\n`);
    await attend(judged, config, true, (wait) => wait(ASK_FOR));
  }
  const findings = judged.findingsNow(nothingFor(config), performance.now());
  print(report(judged, [...heard, ...judged.fleet.values()], findings));
  if (findings.some(({ level }) => level === 'problem')) throw new Error('Something is wrong, see above');
  print(
    asks || mode === 'listen'
      ? 'All is well.\n'
      : `Nothing is wrong. To see whether the chargers answer too: ${typedCommand()} doctor --ask\n`,
  );
}

/** The doctor must not let a car begin to charge: there would be no master for it afterwards. */
function nothingFor(config: Config): Targets {
  const target = { limit: config['config.maxAmpsPerTWC'], enabled: false };
  return { since: 0, circuit: config['config.maxAmpsForSlaves'], of: () => target };
}

/** Opens the link, gives the bus its bytes and time while the visit lasts, and sends what it says if it may. */
async function attend(
  bus: Bus,
  config: Config,
  mayWrite: boolean,
  visit: (wait: (milliseconds: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  await using closers = createClosers();
  const targets = nothingFor(config);
  const allowList = allowListOf(config);
  const ending = new AbortController();
  closers.add(() => ending.abort());
  let link: Link | undefined;
  const loop = createLoop<Uint8Array, Uint8Array>({
    stepped: {
      step(bytes, now) {
        if (bytes.length > 0) bus.received(bytes, now);
        bus.advance(now);
        const frame = bus.nextFrame(targets, now);
        return frame ? [frame] : [];
      },
      wakeAt: (now) => bus.wakeAt(now),
    },
    time: new Uint8Array(),
    perform: (frame) => void (forbidden(frame, allowList) === undefined && link?.write?.(frame)),
  });
  closers.add(loop.stop);
  link = await openBus(config['interface.port'], { mayWrite, received: loop.step }, ending.signal);
  closers.add(link.close);
  bus.opened(performance.now());
  loop.step(new Uint8Array());
  const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal: ending.signal });
  const gone = link.closed.then((reason) => Promise.reject(new Error(reason)));
  const visited = visit(wait);
  visited.catch(() => {});
  gone.catch(() => {});
  await Promise.race([gone, visited]);
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
