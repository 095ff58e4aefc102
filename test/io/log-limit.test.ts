// What repeats itself is told with a number.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogLimit } from '../../src/io/log-limit.ts';

function limited() {
  const lines: string[] = [];
  const limit = createLogLimit<string>((level, text) => void lines.push(`${level} ${text}`));
  return { lines, limit };
}

test('of lines that differ only in ids and numbers ten a minute are written, then how many there were', () => {
  const { lines, limit } = limited();
  for (let i = 0; i < 1_000; i++)
    limit.write('warn', `${(0xa000 + i).toString(16).toUpperCase()}: refused, try ${i}`, i);
  expect(lines).toHaveLength(10);
  limit.write('info', 'A000: online', 60_001);
  expect(lines.slice(10)).toEqual([
    'warn 990 more lines like this in the last minute: A3E7: refused, try 999',
    'info A000: online',
  ]);
});

test('lines of other kinds are written beside them, and all of them again after a minute', () => {
  const { lines, limit } = limited();
  for (let minute = 0; minute < 3; minute++) {
    for (let i = 0; i < 20; i++) limit.write('warn', 'the same', minute * 60_000 + i);
    limit.write('info', `another ${minute}`, minute * 60_000 + 30);
  }
  limit.end();
  expect(lines.filter((line) => line === 'warn the same')).toHaveLength(30);
  expect(lines.filter((line) => line.startsWith('info another'))).toHaveLength(3);
});

test('whatever is written, a minute has a bounded number of lines of a bounded length', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 300, maxLength: 600 }), fc.nat(5_000), (texts, longer) => {
      const { lines, limit } = limited();
      for (const [i, text] of texts.entries()) limit.write('warn', text.padEnd(longer, text), i);
      const written = lines.length;
      limit.end();
      expect(written).toBeLessThanOrEqual(200);
      expect(lines.length).toBeLessThanOrEqual(401);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(2_100);
    }),
    { numRuns: 20 },
  );
});
