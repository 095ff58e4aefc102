// The last hours: a mean for each minute, never more of them than half a day has, kept across a restart.

import { expect, test } from 'vitest';
import { MOST_SAMPLES, SAMPLE_EVERY, Samples, sampleColumns } from '../../src/page/samples.ts';

function values(amps: string, limit = '32'): Map<string, string> {
  return new Map([
    ['1A2B/ampsInUse', amps],
    ['1A2B/ampsMax', '16'],
    ['3C4D/ampsInUse', '0'],
    ['config/maxAmpsForSlaves', limit],
    ['all/totalAmpsInUse', amps],
  ]);
}
const wallClock = (at: number) => 1_780_000_000_000 + at;

test('a minute that is over becomes the mean of what was drawn in it', () => {
  const samples = new Samples(1_000);
  expect(samples.advance(values('15'), 1_000 + SAMPLE_EVERY / 3)).toEqual([]);
  expect(samples.advance(values('0'), 1_000 + SAMPLE_EVERY - 1)).toEqual([]);
  const [sample] = samples.advance(values('0'), 1_000 + SAMPLE_EVERY);
  expect(sample).toEqual({ limit: 32, amps: { '1A2B': 5, '3C4D': 0 } });
  expect(samples.advance(values('0'), 1_000 + SAMPLE_EVERY)).toEqual([]);
  expect(samples.lastAt).toBe(1_000 + SAMPLE_EVERY);
});

test('minutes in which nothing happened are not left out, and late notice does not shift the later ones', () => {
  const samples = new Samples(0);
  const sample = { limit: 32, amps: { '1A2B': 15, '3C4D': 0 } };
  expect(samples.advance(values('15'), 3.5 * SAMPLE_EVERY)).toEqual([sample, sample, sample]);
  expect(samples.lastAt).toBe(3 * SAMPLE_EVERY);
  expect(samples.advance(values('15'), 4 * SAMPLE_EVERY)).toEqual([sample]);
});

test('what is not known is not in it', () => {
  const samples = new Samples(0);
  expect(samples.advance(new Map(), SAMPLE_EVERY)).toEqual([{ limit: null, amps: {} }]);
});

test('half a day is kept, however long it runs', () => {
  const samples = new Samples(0);
  for (let minute = 1; minute <= MOST_SAMPLES + 10; minute++) {
    samples.advance(values(String(minute)), minute * SAMPLE_EVERY);
  }
  const { limit, amps } = samples.columns(wallClock);
  expect([limit.length, amps['1A2B']?.length, amps['1A2B']?.[0]]).toEqual([MOST_SAMPLES, MOST_SAMPLES, 11]);
});

test('a restart leaves a gap and nothing else', () => {
  const before = new Samples(0);
  for (let minute = 1; minute <= 3; minute++) before.advance(values('15'), minute * SAMPLE_EVERY);
  const saved = sampleColumns(JSON.parse(JSON.stringify(before.columns(wallClock))));
  if (!saved) throw new Error('the columns cannot be read');

  const after = new Samples(5 * SAMPLE_EVERY);
  after.restore(saved, wallClock);
  after.advance(values('7'), 6 * SAMPLE_EVERY);
  expect(after.columns(wallClock)).toMatchObject({
    limit: [32, 32, 32, null, null, 32],
    amps: { '1A2B': [15, 15, 15, null, null, 7] },
    until: wallClock(6 * SAMPLE_EVERY),
  });
});

test.each([
  ['of yesterday', 2 * MOST_SAMPLES * SAMPLE_EVERY],
  ['of a clock that was set back since', -10 * SAMPLE_EVERY],
])('samples %s are left out', (_, later) => {
  const samples = new Samples(0);
  const until = wallClock(0) - later;
  samples.restore({ limit: [32], amps: { '1A2B': [16] }, every: SAMPLE_EVERY, until }, wallClock);
  expect(samples.columns(wallClock).limit).toEqual([]);
});

test.each([
  null,
  7,
  {},
  { every: SAMPLE_EVERY, until: 1, limit: [1] },
  { every: SAMPLE_EVERY, until: 1, limit: ['1'], amps: {} },
  { every: 1, until: 1, limit: [], amps: {} },
  { every: SAMPLE_EVERY, until: 1, limit: [1], amps: { '1A2B': [] } },
  { every: SAMPLE_EVERY, until: 1, limit: [1e9], amps: {} },
  { every: SAMPLE_EVERY, until: 1, limit: new Array(MOST_SAMPLES + 1).fill(1), amps: {} },
])('a file that holds %j holds no samples', (json) => {
  expect(sampleColumns(json)).toBeUndefined();
});
