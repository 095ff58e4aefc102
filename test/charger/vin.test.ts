// Vehicle identification numbers: three parts, a check digit, and cars that tell none.

import { describe, expect, test } from 'vitest';
import { checkDigitFits, concluded, missingPart, type Vin, type VinReading, withPart } from '../../src/charger/vin.ts';

// Examples of protocol 4.7.
test.each([
  ['5YJ3E1EA2KF000317', true],
  ['5YJSA1E2XHF000204', true],
  ['11111111111111111', true],
  ['5YJ3E1EA3KF000317', false],
  ['5YJ3E1EA2KF000318', false],
  ['5YJ3E1EA2KF00031', false],
  ['5YJ3E1EA2KF0O0317', false],
  ['5YJ3E1EA2KF0003170', false],
  ['', false],
])('the check digit of "%s" fits: %s', (vin, fits) => {
  expect(checkDigitFits(vin)).toBe(fits);
});

// Values of the letters as in protocol 4.7. All ones make 89; the last position weighs 2.
test.each('A1 B2 C3 D4 E5 F6 G7 H8 J1 K2 L3 M4 N5 P7 R9 S2 T3 U4 V5 W6 X7 Y8 Z9'.split(' '))('%s', (pair) => {
  const [letter = '', value] = pair;
  const digit = '0123456789X'[(87 + 2 * Number(value)) % 11];
  expect(checkDigitFits(`11111111${digit}1111111${letter}`)).toBe(true);
});

test('of all the check digits that a car could have only one fits', () => {
  const fitting = [...'0123456789X'].filter((digit) => checkDigitFits(`5YJ3E1EA${digit}KF000317`));
  expect(fitting).toEqual(['2']);
});

describe('the parts of one reading', () => {
  const first: VinReading = { parts: ['5YJ3E1E'], at: 0 };

  test.each<[string, VinReading | undefined, number, number]>([
    ['nothing yet', undefined, 0, 1],
    ['the first', first, 5_000, 2],
    ['the first, too long ago', first, 5_001, 1],
    ['the second', { parts: ['5YJ3E1E', 'A2KF000'], at: 0 }, 10, 3],
    ['all', { parts: ['5YJ3E1E', 'A2KF000', '317'], at: 0 }, 10, 1],
  ])('after %s, the next', (_, reading, now, part) => {
    expect(missingPart(reading, now)).toBe(part);
  });

  test('are put together in order only', () => {
    expect(withPart(undefined, 1, 'A', 0)).toEqual({ parts: ['A'], at: 0 });
    expect(withPart(undefined, 2, 'B', 0)).toBeUndefined();
    expect(withPart(first, 3, 'C', 0)).toBe(first);
    expect(withPart(first, 2, 'B', 6_000)).toBe(first);
    expect(withPart(first, 2, 'B', 10)).toEqual({ parts: ['5YJ3E1E', 'B'], at: 10 });
    expect(withPart(first, 1, 'A', 20)).toEqual({ parts: ['A'], at: 20 });
  });
});

describe('what a whole reading says', () => {
  const good = '5YJ3E1EA2KF000317';
  const european = 'XP7YGCEL5NB000001';
  const unknown: Vin = { type: 'unknown' };

  test.each<[string, Vin, string, Vin]>([
    ['a good number', unknown, good, { type: 'known', text: good, verified: true }],
    ['a wrong check digit, once', unknown, european, { type: 'doubtful', text: european }],
    [
      'a wrong check digit, twice the same',
      { type: 'doubtful', text: european },
      european,
      { type: 'known', text: european, verified: false },
    ],
    [
      'two wrong ones that differ',
      { type: 'doubtful', text: '5YJ3E1EA3KF000317' },
      european,
      { type: 'doubtful', text: european },
    ],
    ['nothing', unknown, '', { type: 'none' }],
    [
      'nothing, after something',
      { type: 'known', text: good, verified: true },
      '',
      { type: 'known', text: good, verified: true },
    ],
    ['half of a number', unknown, '5YJ3E1E', unknown],
  ])('%s', (_, known, text, vin) => {
    const parts = [text.slice(0, 7), text.slice(7, 14), text.slice(14)];
    expect(concluded(known, { parts, at: 0 })).toEqual(vin);
  });

  test('two parts of three say nothing', () => {
    expect(concluded(unknown, { parts: ['5YJ3E1E', 'A2KF000'], at: 0 })).toBe(unknown);
    expect(concluded(unknown, undefined)).toBe(unknown);
  });
});
