// The topic table of the bridge itself and of all chargers together, like that of a charger.

import { type Finding, inOneLine } from '../bus/finding.ts';
import { actualAmps } from '../charger/charger.ts';
import { amperes, type BridgeTopic, current, decimals, rounded, whole } from './topic.ts';

export const bridgeTopics: Readonly<Record<string, BridgeTopic>> = {
  'all/totalAmpsInUse': {
    type: amperes,
    meaning: 'Sum of what all chargers draw that are online',
    value: ({ chargers }) => decimals(chargers.reduce((sum, charger) => sum + (actualAmps(charger) ?? 0), 0)),
    entities: [
      { ...current, key: 'total_amps_in_use', name: 'Total current', stateClass: 'measurement', precision: 2 },
    ],
  },
  'config/maxAmpsForSlaves': {
    type: `${whole}, A`,
    meaning: 'Amperes of the circuit that are divided now; lower them with `control/maxAmps`',
    urgent: true,
    value: ({ wishes }) => rounded(wishes.circuit),
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
    value: ({ findings }) => problem(findings.filter(({ level }) => level === 'problem')),
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

/** Home Assistant takes no more characters. */
const LONGEST = 255;

/** All problems with what to do, as far as there is room for that. */
function problem(found: readonly Finding[]): string {
  if (found.length === 0) return 'none';
  const whole = found.map(inOneLine).join('; ');
  return whole.length <= LONGEST
    ? whole
    : found
        .map(({ text }) => text)
        .join('; ')
        .slice(0, LONGEST);
}
