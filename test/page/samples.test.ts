// The last hours: a sample a minute, and never more of them than half a day has.

import { expect, test } from 'vitest';
import { createSamples, MOST_SAMPLES, SAMPLE_EVERY } from '../../src/page/samples.ts';

const values = new Map([
  ['1A2B/ampsInUse', '15.2'],
  ['1A2B/ampsMax', '16'],
  ['3C4D/ampsInUse', '0'],
  ['config/maxAmpsForSlaves', '32'],
  ['all/totalAmpsInUse', '15.2'],
]);
const sample = { limit: 32, amps: { '1A2B': 15.2, '3C4D': 0 } };

test('a minute that is over becomes a sample of what held at its end', () => {
  const history = createSamples(1_000);
  expect(history.note(new Map(), 1_000)).toEqual([]);
  expect(history.note(values, 1_000 + SAMPLE_EVERY - 1)).toEqual([]);
  expect(history.note(values, 1_000 + SAMPLE_EVERY)).toEqual([sample]);
  expect(history.note(values, 1_000 + SAMPLE_EVERY)).toEqual([]);
  expect(history.samples).toEqual([sample]);
  expect(history.lastAt).toBe(1_000 + SAMPLE_EVERY);
});

test('minutes in which nothing happened are not left out, and late notice does not shift the later ones', () => {
  const history = createSamples(0);
  expect(history.note(values, 3.5 * SAMPLE_EVERY)).toEqual([sample, sample, sample]);
  expect(history.lastAt).toBe(3 * SAMPLE_EVERY);
  expect(history.note(values, 4 * SAMPLE_EVERY)).toHaveLength(1);
});

test('what is not known is not in it', () => {
  const history = createSamples(0);
  expect(history.note(new Map(), SAMPLE_EVERY)).toEqual([{ limit: undefined, amps: {} }]);
});

test('half a day is kept, however long it runs and however long it slept', () => {
  const history = createSamples(0);
  for (let minute = 1; minute <= MOST_SAMPLES + 10; minute++) {
    history.note(new Map([['1A2B/ampsInUse', String(minute)]]), minute * SAMPLE_EVERY);
  }
  expect(history.samples).toHaveLength(MOST_SAMPLES);
  expect(history.samples[0]?.amps).toEqual({ '1A2B': 11 });
  expect(history.note(values, 1e12)).toHaveLength(MOST_SAMPLES);
  expect(history.samples).toHaveLength(MOST_SAMPLES);
});
