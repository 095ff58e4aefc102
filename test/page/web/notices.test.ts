// What the page says of connections and problems: one notice for each problem, and the truth where "Live" stands.

import { expect, test } from 'vitest';
import { type Condition, linkStatus, notices, whyNotHeard } from '../../../src/page/web/notices.ts';

const up = { up: true } as const;
const starting = { up: false, reason: '' } as const;
const refused = { up: false, reason: 'mqtt://10.0.0.2:1883: not authorized' } as const;
const unplugged = { up: false, reason: '/dev/ttyUSB0: no such file' } as const;
const well: Condition = {
  up: true,
  connections: { adapter: up, broker: up },
  findings: [],
  facts: { listening: false, port: '/dev/ttyUSB0' },
};
const swapped = { level: 'problem', text: 'Only noise is heard', advice: 'swap D+ and D-' } as const;

test.each<[string, Partial<Condition>]>([
  ['Live', {}],
  ['Connecting', { connections: { adapter: starting, broker: up } }],
  ['No broker', { connections: { adapter: up, broker: refused } }],
  ['No adapter', { connections: { adapter: unplugged, broker: refused } }],
  ['Not connected', { up: false }],
])('%s', (text, condition) => {
  expect(linkStatus({ ...well, ...condition }).text).toBe(text);
});

function texts(condition: Partial<Condition>): string[] {
  return notices({ ...well, ...condition }).map(({ text }) => text);
}

test('all is well without a notice', () => {
  expect(texts({})).toEqual([]);
  expect(texts({ findings: [{ level: 'hint', text: 'The adapter returns what it sends', advice: '' }] })).toEqual([]);
  expect(texts({ connections: { adapter: starting, broker: starting } })).toEqual([]);
});

test('one problem is one notice', () => {
  expect(texts({ findings: [swapped] })).toEqual(['Only noise is heard.']);
  expect(texts({ findings: [swapped], connections: { adapter: unplugged, broker: up } })).toEqual([
    'The adapter is not there.',
  ]);
  expect(texts({ up: false, findings: [swapped], connections: { adapter: unplugged, broker: refused } })).toEqual([
    'The bridge does not answer.',
  ]);
});

test('what to do is said with it, and the port only once', () => {
  const [notice] = notices({ ...well, connections: { adapter: unplugged, broker: up } });
  expect(notice?.advice).toBe('/dev/ttyUSB0: no such file. The bridge tries again by itself.');
});

test.each([
  ['Unknown without the adapter', unplugged, 5_000],
  ['Waiting to hear from it', starting, 5_000],
  ['Waiting to hear from it', up, 0],
  ['Waiting to hear from it', up, undefined],
  ['Switched off, or its wires are loose', up, 60],
])('of a charger that is not heard it says: %s', (text, adapter, uptime) => {
  expect(whyNotHeard({ connections: { adapter, broker: up } }, uptime)).toBe(text);
});
