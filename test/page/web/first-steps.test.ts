// The first run: what works and what to check next, in the order in which things have to work.

import { expect, test } from 'vitest';
import { firstSteps } from '../../../src/page/web/first-steps.ts';

const up = { up: true } as const;
const starting = { up: false, reason: '' } as const;
const facts = { listening: false, port: '/dev/ttyUSB0' };
const silence = { level: 'problem', text: 'No charger is heard', advice: 'does it have power?' } as const;

const cases = [
  [
    'nothing is known yet',
    starting,
    starting,
    [],
    ['waiting: Opening the adapter …', 'waiting: Connecting to the MQTT broker …'],
  ],
  [
    'the adapter is open',
    up,
    up,
    [],
    ['good: The adapter is open.', 'waiting: Listening for chargers …', 'good: The MQTT broker is connected.'],
  ],
  [
    'it stays silent',
    up,
    up,
    [silence],
    ['good: The adapter is open.', 'bad: No charger is heard.', 'good: The MQTT broker is connected.'],
  ],
  [
    'the adapter is away',
    { up: false, reason: '/dev/ttyUSB0: no such file' },
    up,
    [silence],
    ['bad: The adapter cannot be opened.', 'good: The MQTT broker is connected.'],
  ],
] as const;

test.each(cases)('when %s', (_, adapter, broker, findings, steps) => {
  const all = firstSteps({ up: true, connections: { adapter, broker }, findings, facts });
  expect(all.map(({ level, text }) => `${level}: ${text}`)).toEqual(steps);
});
