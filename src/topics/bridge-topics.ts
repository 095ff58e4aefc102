// The topic table of the bridge itself and of all chargers together, like that of a charger.

import { describeFinding, type Finding, problems } from '../bus/finding.ts';
import { actualAmps } from '../charger/charger.ts';
import { deliveredKWh } from '../charger/energy-snapshot.ts';
import { loadWatts } from '../charger/load.ts';
import { chargeNowRange, circuitRange } from '../control/limits.ts';
import { healthTopics } from './health-topics.ts';
import {
  alsoAs,
  amps,
  button,
  diagnostic,
  documented,
  kWh,
  live,
  minutes,
  namedByClass,
  number,
  plain,
  ranked,
  seconds,
  sensor,
  watts,
  wholeAmps,
} from './kinds.ts';
import { readAmps, readAmpsAndSeconds, readMinutes } from './payload.ts';
import { type CommandRow, LONGEST_STATE, type Overview, type Rows } from './row.ts';

const LONGEST_CHARGE_NOW = 86_400;

const setCircuit: CommandRow<Overview> = {
  topic: 'control/maxAmps',
  payload: 'A',
  meaning:
    'Amperes of the circuit to divide; fractions are cut off, more than the configured `maxAmpsForSlaves` is that. Less than `minAmpsPerTWC` is enough for no car',
  read(text, { limits }) {
    const amps = readAmps(text, circuitRange(limits));
    return typeof amps === 'number' ? { type: 'circuit', amps } : amps;
  },
  range: circuitRange,
};

const chargeNow: CommandRow<Overview> = {
  topic: 'control/chargeNow',
  payload: '`AMPS,SECONDS`, or `start`',
  meaning:
    'For so long these amperes are divided among all chargers, whatever their limits and switches say; `start` takes those of `chargeNow/amps` and `chargeNow/minutes`',
  read(text, { limits, chargeNow: { amps, minutes } }) {
    if (text.trim().toLowerCase() === 'start') return { type: 'chargeNow', amps, seconds: minutes * 60 };
    const read = readAmpsAndSeconds(text, chargeNowRange(limits), LONGEST_CHARGE_NOW);
    return 'expected' in read ? read : { type: 'chargeNow', ...read };
  },
};

const chargeNowAmps: CommandRow<Overview> = {
  topic: 'control/chargeNowAmps',
  payload: 'A',
  meaning: 'What `control/chargeNow` divides with `start`',
  read(text, { limits }) {
    const amps = readAmps(text, chargeNowRange(limits));
    return typeof amps === 'number' ? { type: 'prepareChargeNow', amps } : amps;
  },
  range: chargeNowRange,
};

const MINUTES = { min: 1, max: LONGEST_CHARGE_NOW / 60 };

const chargeNowMinutes: CommandRow<Overview> = {
  topic: 'control/chargeNowMinutes',
  payload: 'min',
  meaning: 'For how long it does so',
  read(text) {
    const minutes = readMinutes(text, MINUTES);
    return typeof minutes === 'number' ? { type: 'prepareChargeNow', minutes } : minutes;
  },
  range: () => MINUTES,
};

const chargeNowEnd: CommandRow<Overview> = {
  topic: 'control/chargeNowEnd',
  payload: 'anything',
  meaning: 'Ends `chargeNow`',
  read: () => ({ type: 'chargeNowEnd' }),
};

/** All chargers together. */
const totals: Rows<Overview> = {
  'all/totalAmpsInUse': live(documented(amps, 'Sum of what all chargers draw that are online', totalAmps)),
  'all/current': live(
    sensor(amps, 'Total current', 'The same as `all/totalAmpsInUse`, told at once at an edge', totalAmps),
  ),
  'all/power': live(
    sensor(watts, 'Total power', 'Sum of the loads of all chargers, as far as they are known', totalWatts),
  ),
  'all/energy': live(
    sensor(
      kWh,
      'Total energy',
      'What all chargers have delivered since each of them was first heard; never decreases',
      totalKWh,
    ),
  ),
};

export const bridgeTopics: Rows<Overview> = {
  ...totals,
  ...healthTopics,
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
  'chargeNow/amps': number(
    wholeAmps,
    'Charge now current',
    'What the button "Charge now" divides',
    ({ chargeNow }) => chargeNow.amps,
    chargeNowAmps,
    { category: 'config' },
  ),
  'chargeNow/minutes': number(
    minutes,
    'Charge now duration',
    'For how long the button "Charge now" does so',
    ({ chargeNow }) => chargeNow.minutes,
    chargeNowMinutes,
    { category: 'config' },
  ),
  'chargeNow/until': plain(
    'ISO time',
    'Until when "Charge now" holds, to the minute; empty while it does not',
    ({ targets: { chargeNowUntil }, minuteOf }) => (chargeNowUntil === undefined ? '' : minuteOf(chargeNowUntil)),
  ),
  'control/chargeNow': button(chargeNow, 'Charge now', { press: 'start', icon: 'mdi:ev-plug-tesla' }),
  'control/chargeNowEnd': button(chargeNowEnd, 'End charge now', { press: 'end', icon: 'mdi:ev-plug-tesla' }),
  'control/availability': plain(
    '`online` or `offline`',
    'Whether limits can be set; offline in listen mode',
    ({ inControl }) => (inControl ? 'online' : 'offline'),
  ),
  'control/leaseSeconds': live(
    plain(
      seconds.type,
      'Seconds until limits that were set fall back to `control.safeAmps`. Only with `control.leaseSeconds`',
      ({ leaseLeft }) => leaseLeft,
      'measured',
    ),
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

/** Only what was delivered since each was known: a charger that is added does not make it jump. */
function totalKWh({ chargers }: Overview): number | undefined {
  let total: number | undefined;
  for (const { energy } of chargers) {
    const kWh = deliveredKWh(energy);
    if (kWh !== undefined) total = (total ?? 0) + kWh;
  }
  return total;
}

function totalAmps({ chargers }: Overview): number {
  return chargers.reduce((sum, charger) => sum + (actualAmps(charger) ?? 0), 0);
}

function totalWatts({ chargers }: Overview): number | undefined {
  let total: number | undefined;
  for (const charger of chargers) {
    const watts = loadWatts(charger);
    if (watts !== undefined) total = (total ?? 0) + watts;
  }
  return total;
}

/** All problems with what to do, as far as there is room for that. */
function problem(found: readonly Finding[]): string {
  if (found.length === 0) return 'none';
  const whole = found.map(describeFinding).join('; ');
  return whole.length <= LONGEST_STATE
    ? whole
    : found
        .map(({ text }) => text)
        .join('; ')
        .slice(0, LONGEST_STATE);
}
