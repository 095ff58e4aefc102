// A time as an owner writes it. Around summer time an hour is missing and another comes twice.

import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { parseTime } from '../../src/commands/parse-time.ts';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';

function utc(text: string, edge: 'from' | 'to', zone: string): string | undefined {
  const found = parseTime(text, edge, zone);
  return found === undefined ? undefined : (DateTime.fromMillis(found, { zone: 'utc' }).toISO() ?? undefined);
}

describe('on any day', () => {
  test.each([
    ['2026-11-25', 'from', BERLIN, '2026-11-24T23:00:00.000Z'],
    ['2026-11-25', 'to', BERLIN, '2026-11-25T23:00:00.000Z'],
    ['2026-11-25T18:00', 'from', BERLIN, '2026-11-25T17:00:00.000Z'],
    ['2026-11-25T18:00', 'to', BERLIN, '2026-11-25T17:00:00.000Z'],
    ['2026-11-25 18:00:30', 'to', BERLIN, '2026-11-25T17:00:30.000Z'],
    ['2026-11-25T18:00', 'from', NEW_YORK, '2026-11-25T23:00:00.000Z'],
    ['2026-11-25T18:00:00Z', 'from', BERLIN, '2026-11-25T18:00:00.000Z'],
    ['2026-11-25T18:00:00+05:30', 'from', BERLIN, '2026-11-25T12:30:00.000Z'],
  ] as const)('%s as --%s in %s', (text, edge, zone, expected) => {
    expect(utc(text, edge, zone)).toBe(expected);
  });
});

describe('the hour that is left out', () => {
  test.each([
    ['2026-03-29T02:00', BERLIN, '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T02:30', BERLIN, '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T02:59:59', BERLIN, '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T03:00', BERLIN, '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T01:59', BERLIN, '2026-03-29T00:59:00.000Z'],
    ['2026-03-08T02:30', NEW_YORK, '2026-03-08T07:00:00.000Z'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
  ])('%s in %s is the moment at which the clock was set forward', (text, zone, expected) => {
    expect([utc(text, 'from', zone), utc(text, 'to', zone)]).toEqual([expected, expected]);
  });

  test.each([
    [BERLIN, '2026-03-29', 23],
    [BERLIN, '2026-10-25', 25],
    [NEW_YORK, '2026-03-08', 23],
    [NEW_YORK, '2026-11-01', 25],
  ])('in %s the %s has %i hours', (zone, day, hours) => {
    expect(((parseTime(day, 'to', zone) ?? 0) - (parseTime(day, 'from', zone) ?? 0)) / 3_600_000).toBe(hours);
  });
});

describe('the hour that comes twice', () => {
  test.each([
    ['2026-10-25T02:30', BERLIN, '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    ['2026-10-25T02:00', BERLIN, '2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z'],
    ['2026-11-01T01:30', NEW_YORK, '2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z'],
  ])('%s in %s is all of it: from the first to the second', (text, zone, from, to) => {
    expect([utc(text, 'from', zone), utc(text, 'to', zone)]).toEqual([from, to]);
  });
});

test.each([
  '',
  'today',
  '2026',
  '2026-11',
  '2026-W48',
  '2026-11-31',
  '2026-02-29',
  '2026-11-25T',
  '2026-11-25T25:00',
  '25.11.2026',
  '2026-11-25T18:00:00+1',
])('%j is no time', (text) => {
  expect(parseTime(text, 'from', BERLIN)).toBeUndefined();
});
