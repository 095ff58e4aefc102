// Sessions as records: what is one, which are meant, and what a spreadsheet is given.

import { describe, expect, test } from 'vitest';
import { csv, selected, sessionRecord } from '../../src/session/record.ts';
import { recorded as record } from './recorded.ts';

test('a record is read as it was written, without what nobody knows', () => {
  expect(sessionRecord.read(JSON.parse(JSON.stringify({ ...record, colour: 'red' }))).value).toEqual(record);
});

describe('no record', () => {
  test.each<[string, unknown]>([
    ['a text', 'session'],
    ['nothing', null],
    ['a list', []],
    ['a strange charger', { ...record, charger: '1a2b' }],
    ['a start that is no moment', { ...record, start: 'yesterday' }],
    ['a start on no day', { ...record, start: '2026-02-30T18:00:00+01:00' }],
    ['an end without its offset', { ...record, end: '2026-11-25T19:30:00' }],
    ['a time that runs backwards', { ...record, seconds: -1 }],
    ['a time beyond all time', { ...record, seconds: 1e13 }],
    ['energy in words', { ...record, kWh: '16' }],
    ['energy that is not a number', { ...record, kWh: Number.NaN }],
    ['energy from nowhere', { ...record, energyFrom: 'guess' }],
    ['a current without end', { ...record, peakAmps: Number.POSITIVE_INFINITY }],
    ['no VIN', { ...record, vin: undefined }],
  ])('%s', (_, json) => {
    expect(sessionRecord.read(json).value).toBeUndefined();
  });
});

describe('of sessions those are selected', () => {
  const at = (start: string, vin = '') => ({ ...record, start, vin });
  const early = at('2026-11-24T23:59:59+01:00', 'A');
  const first = at('2026-11-25T00:00:00+01:00', 'B');
  const late = at('2026-11-25T23:59:59+01:00', 'A');
  const all = [late, early, first];
  const from = Date.parse('2026-11-24T23:00:00Z');
  const to = Date.parse('2026-11-25T22:59:59Z');

  test.each([
    ['all, in the order in which they began', {}, [early, first, late]],
    ['from a moment on', { from }, [first, late]],
    ['before a moment', { to }, [early, first]],
    ['of one car', { vin: 'A' }, [early, late]],
    ['of one car since a moment', { from, vin: 'A' }, [late]],
    ['of a car that is not known', { vin: '' }, []],
  ])('%s', (_, selection, expected) => {
    expect(selected(all, selection)).toEqual(expected);
  });
});

describe('as comma-separated values', () => {
  const heading = 'charger,start,end,seconds,kWh,energyFrom,peakAmps,vin\r\n';
  const times = '2026-11-25T18:00:00+01:00,2026-11-25T19:30:00+01:00,5400';

  test('no session is a heading', () => {
    expect(csv([])).toBe(heading);
  });

  test('a session is a line', () => {
    expect(csv([record])).toBe(`${heading}1A2B,${times},16.56,meter,16.02,5YJ3E1EA2KF000317\r\n`);
  });

  test('energy that is not known is no zero', () => {
    const unknown = { ...record, kWh: 0, energyFrom: 'none', vin: '' } as const;
    expect(csv([unknown])).toBe(`${heading}1A2B,${times},,none,16.02,\r\n`);
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
    ['\t=1', "'\t=1"],
  ])('the VIN %j can neither break a line nor be a formula', (vin, cell) => {
    expect(csv([{ ...record, vin }])).toBe(`${heading}1A2B,${times},16.56,meter,16.02,${cell}\r\n`);
  });
});
