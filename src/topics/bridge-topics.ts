// The topic table of the bridge itself and of all chargers together, like that of a charger.

import { describeFinding, type Finding, problems } from '../bus/finding.ts';
import { actualAmps } from '../charger/charger.ts';
import { circuitRange } from '../control/limits.ts';
import {
  action,
  amps,
  binarySensor,
  count,
  diagnostic,
  none,
  number,
  perMinute,
  plain,
  rare,
  seconds,
  sensor,
  share,
  urgent,
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
  payload: 'whole A',
  meaning: 'Amperes of the circuit to divide, up to the configured `maxAmpsForSlaves`',
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

export const bridgeTopics: Rows<Overview> = {
  'all/totalAmpsInUse': sensor(
    amps,
    'Total current',
    'Sum of what all chargers draw that are online',
    ({ chargers }) => chargers.reduce((sum, charger) => sum + (actualAmps(charger) ?? 0), 0),
    { key: 'total_amps_in_use' },
  ),
  'bridge/uptime': sensor(
    seconds,
    'Uptime',
    'Seconds since the bridge started; like all below `bridge/` made new once a minute',
    ({ stats }) => stats.uptime,
    { ...rare, key: 'uptime' },
  ),
  'bridge/framesPerMinute': sensor(
    perMinute,
    'Frames',
    'Good frames of chargers in the last minute',
    ({ stats }) => stats.framesPerMinute,
    { ...rare, key: 'frames_per_minute' },
  ),
  'bridge/checksumErrors': sensor(
    count,
    'Checksum errors',
    'Frames with a wrong checksum since the bridge started',
    ({ stats }) => stats.checksumErrors,
    { ...rare, key: 'checksum_errors' },
  ),
  'bridge/badFrameShare': sensor(
    share,
    'Bad frames',
    'Part of the frames of the last minute that were spoilt on the way',
    ({ stats }) => stats.badFrameShare,
    { ...diagnostic, key: 'bad_frame_share', icon: 'mdi:message-off-outline' },
  ),
  'bridge/reconnects/link': sensor(
    count,
    'Link reconnects',
    'How often the adapter or serial server came back since the bridge started',
    ({ stats }) => stats.reconnects.link,
    { ...rare, key: 'link_reconnects' },
  ),
  'bridge/reconnects/broker': sensor(
    count,
    'Broker reconnects',
    'How often the broker came back since the bridge started',
    ({ stats }) => stats.reconnects.broker,
    { ...rare, key: 'broker_reconnects' },
  ),
  'bridge/lastError': sensor(
    words,
    'Last error',
    'The last warning or outage in words; empty for none',
    ({ stats }) => stats.lastError.slice(0, LONGEST),
    { ...rare, ...none, key: 'last_error', icon: 'mdi:message-alert-outline' },
  ),
  'config/maxAmpsForSlaves': number(
    wholeAmps,
    'Circuit limit',
    'Amperes of the circuit that are divided now; lower them with `control/maxAmps`',
    ({ targets }) => targets.circuit,
    setCircuit,
    { key: 'circuit_limit', category: 'config' },
  ),
  'config/minAmpsPerTWC': sensor(
    wholeAmps,
    'Minimum current',
    'A car is not charged with less',
    ({ limits }) => limits.minAmpsPerTWC,
    { ...diagnostic, key: 'min_amps_per_twc' },
  ),
  'control/chargeNow': action(chargeNow),
  'control/chargeNowEnd': action(chargeNowEnd),
  'control/availability': urgent(
    plain('`online` or `offline`', 'Whether limits can be set; offline in listen mode', ({ inControl }) =>
      inControl ? 'online' : 'offline',
    ),
  ),
  'control/leaseSeconds': plain(
    seconds.type,
    'Seconds until limits that were set fall back to `control.safeAmps`. Only with `control.leaseSeconds`',
    ({ leaseLeft }) => leaseLeft,
  ),
  problem: urgent({
    type: 'text',
    meaning: '`none`, or what is wrong in words: no adapter, another master on the bus, too many chargers…',
    value: ({ findings }) => problem(problems(findings)),
    entities: [
      {
        component: 'binary_sensor',
        key: 'problem',
        deviceClass: 'problem',
        ...diagnostic,
        payloads: { on: 'on', off: 'off' },
        template: "{{ 'off' if value == 'none' else 'on' }}",
      },
      {
        component: 'sensor',
        key: 'problem_text',
        name: 'Problem description',
        ...diagnostic,
        icon: 'mdi:message-alert-outline',
      },
    ],
  }),
  status: urgent(
    binarySensor(
      { on: 'online', off: 'offline' },
      'Whether the bridge runs; the broker says `offline` for it when it is gone (last will)',
      () => 'online',
      { ...diagnostic, key: 'connectivity', deviceClass: 'connectivity', alwaysAvailable: true },
    ),
  ),
};

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
