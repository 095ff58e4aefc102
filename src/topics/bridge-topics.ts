// The topic table of the bridge itself and of all chargers together, like that of a charger.

import { describeFinding, type Finding, problems } from '../bus/finding.ts';
import { actualAmps, loadWatts } from '../charger/charger.ts';
import { circuitRange } from '../control/limits.ts';
import {
  alsoAs,
  amps,
  button,
  count,
  diagnostic,
  documented,
  namedByClass,
  none,
  number,
  perMinute,
  plain,
  ranked,
  rare,
  seconds,
  sensor,
  share,
  watts,
  wholeAmps,
  words,
} from './kinds.ts';
import { readAmps, readAmpsAndSeconds } from './payload.ts';
import type { CommandRow, Overview, Rows } from './row.ts';

/** Home Assistant takes no more characters. */
const LONGEST = 255;
const LONGEST_CHARGE_NOW = 86_400;

const setCircuit: CommandRow<Overview> = {
  topic: 'control/maxAmps',
  payload: 'A',
  meaning:
    'Amperes of the circuit to divide; fractions are cut off, more than the configured `maxAmpsForSlaves` is that',
  read(text, { limits }) {
    const amps = readAmps(text, circuitRange(limits));
    return typeof amps === 'number' ? { type: 'circuit', amps } : amps;
  },
  range: circuitRange,
};

const chargeNow: CommandRow<Overview> = {
  topic: 'control/chargeNow',
  payload: '`AMPS,SECONDS`',
  meaning: 'For so long these amperes are divided among all chargers, whatever their limits and switches say',
  read(text, { limits }) {
    const read = readAmpsAndSeconds(text, circuitRange(limits), LONGEST_CHARGE_NOW);
    return 'expected' in read ? read : { type: 'chargeNow', ...read };
  },
};

const chargeNowEnd: CommandRow<Overview> = {
  topic: 'control/chargeNowEnd',
  payload: 'anything',
  meaning: 'Ends `chargeNow`',
  read: () => ({ type: 'chargeNowEnd' }),
};

/** All chargers together. */
const totals: Rows<Overview> = {
  'all/totalAmpsInUse': documented(amps, 'Sum of what all chargers draw that are online', totalAmps),
  'all/current': sensor(amps, 'Total current', 'The same as `all/totalAmpsInUse`, told at once at an edge', totalAmps),
  'all/power': sensor(watts, 'Total power', 'Sum of the loads of all chargers, as far as they are known', totalWatts),
};

/** How the bridge fares: made new once a minute. */
const health: Rows<Overview> = {
  'bridge/uptime': sensor(
    seconds,
    'Uptime',
    'Seconds since the bridge started; like all below `bridge/` made new once a minute',
    ({ stats }) => stats.uptime,
    rare,
  ),
  'bridge/framesPerMinute': sensor(
    perMinute,
    'Frames per minute',
    'Good frames of chargers in the last minute',
    ({ stats }) => stats.framesPerMinute,
    rare,
  ),
  'bridge/checksumErrors': sensor(
    count,
    'Checksum errors',
    'Frames with a wrong checksum since the bridge started',
    ({ stats }) => stats.checksumErrors,
    rare,
  ),
  'bridge/badFrameShare': sensor(
    share,
    'Bad frames',
    'Part of the frames of the last minute that were spoilt on the way',
    ({ stats }) => stats.badFrameShare,
    { ...diagnostic, icon: 'mdi:message-off-outline' },
  ),
  'bridge/reconnects/link': sensor(
    count,
    'Link reconnects',
    'How often the adapter or serial server came back since the bridge started',
    ({ stats }) => stats.reconnects.link,
    rare,
  ),
  'bridge/reconnects/broker': sensor(
    count,
    'Broker reconnects',
    'How often the broker came back since the bridge started',
    ({ stats }) => stats.reconnects.broker,
    rare,
  ),
  'bridge/lastError': sensor(
    words,
    'Last error',
    'The last warning or outage in words; empty for none',
    ({ stats }) => stats.lastError.slice(0, LONGEST),
    { ...rare, ...none, icon: 'mdi:message-alert-outline' },
  ),
};

export const bridgeTopics: Rows<Overview> = {
  ...totals,
  ...health,
  'bridge/instance': plain(
    'text',
    'The name of this bridge at the broker: another one here is another bridge that publishes the same topics',
    ({ instance }) => instance,
  ),
  'config/maxAmpsForSlaves': documented(
    wholeAmps,
    'Amperes of the circuit that are divided now; lower them with `control/maxAmps`',
    ({ targets }) => targets.circuit,
  ),
  'config/minAmpsPerTWC': alsoAs(
    documented(wholeAmps, 'A car is not charged with less', ({ limits }) => limits.minAmpsPerTWC),
    { component: 'sensor', name: 'Minimum current', ...wholeAmps.shown, ...diagnostic },
  ),
  circuitLimit: number(
    wholeAmps,
    'Circuit limit',
    'The same as `config/maxAmpsForSlaves`, told at once',
    ({ targets }) => targets.circuit,
    setCircuit,
    { category: 'config' },
  ),
  'control/chargeNow': button(chargeNow),
  'control/chargeNowEnd': button(chargeNowEnd),
  'control/availability': plain(
    '`online` or `offline`',
    'Whether limits can be set; offline in listen mode',
    ({ inControl }) => (inControl ? 'online' : 'offline'),
  ),
  'control/leaseSeconds': plain(
    seconds.type,
    'Seconds until limits that were set fall back to `control.safeAmps`. Only with `control.leaseSeconds`',
    ({ leaseLeft }) => leaseLeft,
    'measured',
  ),
  problem: {
    ...plain(
      'text',
      '`none`, or what is wrong in words: no adapter, another master on the bus, too many chargers…',
      ({ findings }) => problem(problems(findings)),
    ),
    entities: [
      {
        component: 'binary_sensor',
        name: 'Problem',
        ...namedByClass,
        deviceClass: 'problem',
        ...diagnostic,
        payloads: { on: 'on', off: 'off' },
        template: "{{ 'off' if value == 'none' else 'on' }}",
      },
      {
        component: 'sensor',
        name: 'Problem description',
        ...diagnostic,
        icon: 'mdi:message-alert-outline',
        template: "{{ value if value != 'none' else 'None' }}",
      },
    ],
  },
  status: alsoAs(
    ranked(
      3,
      plain(
        '`online` or `offline`',
        'Whether the bridge runs; the broker says `offline` for it when it is gone (last will)',
        () => 'online',
      ),
    ),
    {
      component: 'binary_sensor',
      name: 'Connectivity',
      ...namedByClass,
      deviceClass: 'connectivity',
      ...diagnostic,
      payloads: { on: 'online', off: 'offline' },
      alwaysAvailable: true,
    },
  ),
};

function totalAmps({ chargers }: Overview): number {
  return chargers.reduce((sum, charger) => sum + (actualAmps(charger) ?? 0), 0);
}

function totalWatts({ chargers }: Overview): number | undefined {
  const known = chargers.flatMap((charger) => loadWatts(charger) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, load) => sum + load, 0);
}

/** All problems with what to do, as far as there is room for that. */
function problem(found: readonly Finding[]): string {
  if (found.length === 0) return 'none';
  const whole = found.map(describeFinding).join('; ');
  return whole.length <= LONGEST
    ? whole
    : found
        .map(({ text }) => text)
        .join('; ')
        .slice(0, LONGEST);
}
