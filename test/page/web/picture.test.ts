// The picture of the last hours: where its lines run, and what is said of it.

import { describe, expect, test } from 'vitest';
import { inWords, label, type Point, picture } from '../../../src/page/web/picture.ts';

const MINUTE = 60_000;
const NOON = new Date(2026, 5, 1, 12).getTime();
const size = { width: 644, height: 236 };

function points(count: number, at: (minute: number) => Omit<Point, 'at'>): Point[] {
  return Array.from({ length: count }, (_, i) => ({ at: NOON - (count - 1 - i) * MINUTE, ...at(i) }));
}

test('needs two points', () => {
  expect(picture({ points: [], ids: [], ...size })).toBeUndefined();
  expect(picture({ points: points(1, () => ({ limit: 32, amps: {} })), ids: [], ...size })).toBeUndefined();
});

test('has one charger upon the other, below the line of the circuit', () => {
  const drawn = picture({
    points: points(61, () => ({ limit: 20, amps: { A: 5, B: 10 } })),
    ids: ['A', 'B'],
    ...size,
  });
  const corners = (path = '') => {
    const pairs = [...path.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    const on = (axis: 0 | 1) => [...new Set(pairs.map((pair) => pair[axis]))].sort((a, b) => a - b);
    return { left: on(0)[0], right: on(0).at(-1), heights: on(1) };
  };
  // From 10 (20 A) to 210 (0 A).
  expect(corners(drawn?.limit)).toEqual({ left: 44, right: 644, heights: [10] });
  expect(corners(drawn?.areas[0])).toEqual({ left: 44, right: 644, heights: [160, 210] });
  expect(corners(drawn?.areas[1])).toEqual({ left: 44, right: 644, heights: [60, 160] });
  expect(drawn?.lines.map(({ text }) => text)).toEqual(['0 A', '5 A', '10 A', '15 A', '20 A']);
});

test('a draw above the circuit is in it too', () => {
  const drawn = picture({ points: points(61, () => ({ limit: 10, amps: { A: 40 } })), ids: ['A'], ...size });
  expect(drawn?.areas[0]).toContain(' 10L');
  expect(drawn?.limit).toMatch(/ 160$/);
});

test('what was not known leaves no line and no area', () => {
  const drawn = picture({
    points: points(61, (i) => (i < 30 ? { limit: undefined, amps: {} } : { limit: 20, amps: { A: 5 } })),
    ids: ['A'],
    ...size,
  });
  expect(drawn?.limit).toMatch(/^M344 10L/);
  expect(drawn?.areas[0]).toMatch(/^M44 210L/);
});

describe('the times below it', () => {
  test.each([
    [10, 644, ['11:35', '11:40', '11:45', '11:50', '11:55']],
    [240, 644, ['08:30', '09:00', '09:30', '10:00', '10:30', '11:00', '11:30']],
    [240, 360, ['09:00', '10:00', '11:00']],
    [720, 644, ['02:00', '04:00', '06:00', '08:00', '10:00']],
  ])('of %i minutes on %i pixels are round, and do not touch', (minutes, width, wanted) => {
    const drawn = picture({ points: points(minutes + 1, () => ({ limit: 20, amps: {} })), ids: [], ...size, width });
    const times = drawn?.hours.map(({ at }) => new Date(at).toTimeString().slice(0, 5));
    expect(times).toEqual(wanted);
  });
});

test('a time that somebody points at is told', () => {
  const [point] = points(1, () => ({ limit: 32, amps: { '1A2B': 15.24 } }));
  expect(point && inWords(point, ['1A2B', '3C4D'])).toBe('12:00: 1A2B 15.2 A, 3C4D 0.0 A, circuit 32 A');
  const drawn = picture({ points: points(61, () => ({ limit: 32, amps: {} })), ids: [], ...size });
  expect([drawn?.places[0], drawn?.places[30], drawn?.places[60]]).toEqual([44, 344, 644]);
});

test('is said in words for who does not see it', () => {
  const said = (count: number) => label(points(count, (i) => ({ limit: 32, amps: { A: i === 1 ? 20 : 8, B: 2 } })));
  expect(said(8)).toBe('In the last 7 minutes at most 22.0 A, now 10.0 A, the circuit is 32 A.');
  expect(said(2)).toBe('In the last minute at most 22.0 A, now 22.0 A, the circuit is 32 A.');
  expect(said(136)).toContain('In the last 2 h 15 min at most');
  expect(label([])).toBe('');
});
