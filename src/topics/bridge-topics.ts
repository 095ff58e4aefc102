// The topic table of the bridge itself and of all chargers together, like that of a charger.

import { describeFinding, type Finding, problems } from '../bus/finding.ts';
import { actualAmps } from '../charger/charger.ts';
import { amperes, type BridgeTopic, current, decimals, none, rounded, whole } from './row.ts';

/** What few want to see all the time. */
const rare = { component: 'sensor', category: 'diagnostic', disabled: true } as const;

/** Home Assistant takes no more characters. */
const LONGEST = 255;

export const bridgeTopics: Readonly<Record<string, BridgeTopic>> = {
  'all/totalAmpsInUse': {
    type: amperes,
    meaning: 'Sum of what all chargers draw that are online',
    value: ({ chargers }) => decimals(chargers.reduce((sum, charger) => sum + (actualAmps(charger) ?? 0), 0)),
    entities: [
      { ...current, key: 'total_amps_in_use', name: 'Total current', stateClass: 'measurement', precision: 2 },
    ],
  },
  'bridge/uptime': {
    type: `${whole}, s`,
    meaning: 'Seconds since the bridge started; like all below `bridge/` made new once a minute',
    value: ({ stats: condition }) => rounded(condition.uptime),
    entities: [{ ...rare, key: 'uptime', name: 'Uptime', deviceClass: 'duration', unit: 's', precision: 0 }],
  },
  'bridge/framesPerMinute': {
    type: whole,
    meaning: 'Good frames of chargers in the last minute',
    value: ({ stats: condition }) => rounded(condition.framesPerMinute),
    entities: [
      {
        ...rare,
        key: 'frames_per_minute',
        name: 'Frames',
        stateClass: 'measurement',
        unit: 'frames/min',
        precision: 0,
      },
    ],
  },
  'bridge/checksumErrors': {
    type: whole,
    meaning: 'Frames with a wrong checksum since the bridge started',
    value: ({ stats: condition }) => rounded(condition.checksumErrors),
    entities: [
      { ...rare, key: 'checksum_errors', name: 'Checksum errors', stateClass: 'total_increasing', precision: 0 },
    ],
  },
  'bridge/badFrameShare': {
    type: 'float, %',
    meaning: 'Part of the frames of the last minute that were spoilt on the way',
    value: ({ stats: condition }) => decimals(condition.badFrameShare),
    entities: [
      {
        component: 'sensor',
        key: 'bad_frame_share',
        name: 'Bad frames',
        category: 'diagnostic',
        stateClass: 'measurement',
        unit: '%',
        precision: 1,
        icon: 'mdi:message-off-outline',
      },
    ],
  },
  'bridge/reconnects/link': {
    type: whole,
    meaning: 'How often the adapter or serial server came back since the bridge started',
    value: ({ stats: condition }) => rounded(condition.reconnects.link),
    entities: [
      { ...rare, key: 'link_reconnects', name: 'Link reconnects', stateClass: 'total_increasing', precision: 0 },
    ],
  },
  'bridge/reconnects/broker': {
    type: whole,
    meaning: 'How often the broker came back since the bridge started',
    value: ({ stats: condition }) => rounded(condition.reconnects.broker),
    entities: [
      { ...rare, key: 'broker_reconnects', name: 'Broker reconnects', stateClass: 'total_increasing', precision: 0 },
    ],
  },
  'bridge/lastError': {
    type: 'text',
    meaning: 'The last warning or outage in words; empty for none',
    value: ({ stats: condition }) => condition.lastError.slice(0, LONGEST),
    entities: [{ ...rare, key: 'last_error', name: 'Last error', icon: 'mdi:message-alert-outline', template: none }],
  },
  'config/maxAmpsForSlaves': {
    type: `${whole}, A`,
    meaning: 'Amperes of the circuit that are divided now; lower them with `control/maxAmps`',
    urgent: true,
    value: ({ targets: wishes }) => rounded(wishes.circuit),
    entities: [
      {
        component: 'number',
        key: 'circuit_limit',
        name: 'Circuit limit',
        deviceClass: 'current',
        unit: 'A',
        category: 'config',
        command: 'control/maxAmps',
        range: ({ minAmpsPerTWC, maxAmpsForSlaves }) => ({ min: minAmpsPerTWC, max: maxAmpsForSlaves }),
      },
    ],
  },
  'config/minAmpsPerTWC': {
    type: `${whole}, A`,
    meaning: 'A car is not charged with less',
    value: ({ limits }) => rounded(limits.minAmpsPerTWC),
    entities: [{ ...current, key: 'min_amps_per_twc', name: 'Minimum current', category: 'diagnostic', precision: 0 }],
  },
  'control/availability': {
    type: '`online` or `offline`',
    meaning: 'Whether limits can be set; offline in listen mode',
    urgent: true,
    value: ({ inControl }) => (inControl ? 'online' : 'offline'),
  },
  'control/leaseSeconds': {
    type: `${whole}, s`,
    meaning: 'Seconds until limits that were set fall back to `control.safeAmps`. Only with `control.leaseSeconds`',
    value: ({ leaseLeft }) => rounded(leaseLeft),
  },
  problem: {
    type: 'text',
    meaning: '`none`, or what is wrong in words: no adapter, another master on the bus, too many chargers…',
    urgent: true,
    value: ({ findings }) => problem(problems(findings)),
    entities: [
      {
        component: 'binary_sensor',
        key: 'problem',
        deviceClass: 'problem',
        category: 'diagnostic',
        payloads: { on: 'on', off: 'off' },
        template: "{{ 'off' if value == 'none' else 'on' }}",
      },
      {
        component: 'sensor',
        key: 'problem_text',
        name: 'Problem description',
        category: 'diagnostic',
        icon: 'mdi:message-alert-outline',
      },
    ],
  },
  status: {
    type: '`online` or `offline`',
    meaning: 'Whether the bridge runs; the broker says `offline` for it when it is gone (last will)',
    urgent: true,
    value: () => 'online',
    entities: [
      {
        component: 'binary_sensor',
        key: 'connectivity',
        deviceClass: 'connectivity',
        category: 'diagnostic',
        payloads: { on: 'online', off: 'offline' },
        alwaysAvailable: true,
      },
    ],
  },
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
