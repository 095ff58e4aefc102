// Numbers and durations as a person reads them.

import { expect, test } from 'vitest';
import {
  formatAmps,
  formatCost,
  formatDuration,
  formatEnergy,
  formatMonth,
  formatPower,
  formatTime,
  percent,
} from '../../../src/page/web/format.ts';

test('the length of a bar, to half a percent', () => {
  expect([0, 5, 15.2, 32].map((amps) => percent(amps, 32))).toEqual([0, 15.5, 47.5, 100]);
});

test('amounts', () => {
  expect([0, 6, 15.25, 9.96].map(formatAmps)).toEqual(['0.0 A', '6.0 A', '15.3 A', '10.0 A']);
  expect([0, 999.4, 1_000, 10_518].map(formatPower)).toEqual(['0 W', '999 W', '1.0 kW', '10.5 kW']);
  expect([0.034, 25.48, 1_234.5].map(formatEnergy)).toEqual(['0.03 kWh', '25.48 kWh', '1234.5 kWh']);
  expect(formatCost(25.48, { perKWh: 0.31, currency: 'EUR' })).toBe('7.90 EUR');
  expect(formatCost(10, { perKWh: 0.3, currency: '' })).toBe('3.00');
});

test('durations', () => {
  expect([0, 59, 60, 3_599, 3_600, 11_100, 172_800, 187_200].map(formatDuration)).toEqual([
    '0 min',
    '0 min',
    '1 min',
    '59 min',
    '1 h 00 min',
    '3 h 05 min',
    '2 d 0 h',
    '2 d 4 h',
  ]);
});

test('a time of another day has its day, one of another year its year', () => {
  const at = new Date(2026, 5, 1, 18, 12).getTime();
  const clock = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  expect(formatTime(at, new Date(2026, 5, 1, 23).getTime())).toBe(clock);
  expect(formatTime(at, new Date(2026, 5, 2).getTime())).toMatch(/1.*, /);
  expect(formatTime(at, new Date(2027, 5, 2).getTime())).toContain('2026');
  expect(formatMonth('2026-05')).toContain('2026');
});
