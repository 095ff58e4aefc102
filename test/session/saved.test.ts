// Sessions that survive a restart are believed only where they make sense.

import { describe, expect, test } from 'vitest';
import { savedSessions } from '../../src/session/saved.ts';
import { recorded as last } from './recorded.ts';

const session = {
  charger: '1A2B',
  start: 1_795_564_860_330,
  seconds: 1_685,
  kWh: 5.15,
  counted: 4,
  power: 'meter',
  peakAmps: 16,
  vin: '5YJ3E1EA2KF000317',
  charged: true,
  over: false,
};

test.each([
  ['a session', { session }],
  ['a session with the one before', { session, last }],
  ['a session without a meter', { session: { ...session, power: 'none' } }],
])('%s is read as it was written', (_, one) => {
  expect(savedSessions.read(JSON.parse(JSON.stringify(one)))).toEqual({ value: one, problems: [] });
});

test('what is not understood is left out, and so is a last session that is none', () => {
  const { value, problems } = savedSessions.read({
    session: { ...session, colour: 'red' },
    last: { ...last, kWh: -1 },
  });
  expect(value).toEqual({ session });
  expect(problems.map(({ at }) => at.join('.'))).toEqual(['session.colour', 'last.kWh']);
});

describe('no session', () => {
  test.each<[string, unknown]>([
    ['a text', 'session'],
    ['nothing', null],
    ['a strange charger', { ...session, charger: '1a2b' }],
    ['a start in words', { ...session, start: 'yesterday' }],
    ['a start on no day', { ...session, start: 1e16 }],
    ['a duration beyond all calendars', { ...session, seconds: 1e13 }],
    ['more energy than any car takes', { ...session, kWh: 1e300 }],
    ['a time that runs backwards', { ...session, seconds: -1 }],
    ['energy that is not a number', { ...session, kWh: null }],
    ['a current without end', { ...session, peakAmps: '16' }],
    ['no VIN', { ...session, vin: undefined }],
    ['perhaps charged', { ...session, charged: 'yes' }],
    ['perhaps over', { ...session, over: 1 }],
    ['nothing of what was counted', { ...session, counted: undefined }],
    ['energy from nowhere', { ...session, power: 'sun' }],
  ])('%s', (_, one) => {
    expect(savedSessions.read({ session: one }).value?.session).toEqual(undefined);
  });

  test.each([undefined, null, 'sessions', {}, 7, []])('%j', (json) => {
    expect(savedSessions.read(json).value).toBeUndefined();
  });
});
