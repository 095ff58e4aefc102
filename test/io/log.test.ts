// The log: a line an event, readable, and nothing from outside can forge one.

import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { type LogLevel, openLog } from '../../src/io/log.ts';
import type { Sink } from '../../src/io/output.ts';

const levels: LogLevel[] = ['error', 'warn', 'info', 'debug'];

test.each<[LogLevel, LogLevel[]]>([
  ['error', ['error']],
  ['warn', ['error', 'warn']],
  ['info', ['error', 'warn', 'info']],
  ['debug', levels],
])('at %s these levels are written: %j', (most, written) => {
  const lines: string[] = [];
  const { log } = openLog(most, taking(lines));
  for (const level of levels) log(level, 'x');
  expect(lines.map((line) => line.split(' ')[1])).toEqual(written);
});

test('a line is local time with its offset, level and text', () => {
  const [line = ''] = written('1A2B: charging, 16 A');
  const [time = '', ...rest] = line.split(' ');
  expect(rest.join(' ')).toBe('info  1A2B: charging, 16 A\n');
  expect(time).toMatch(/[+-]\d\d:\d\d$|Z$/);
  expect(Math.abs(DateTime.fromISO(time).diffNow().as('seconds'))).toBeLessThan(10);
});

describe('control characters can neither break a line nor colour a terminal', () => {
  test.each([
    ['a\nb', 'a?b'],
    ['a\r\nb', 'a??b'],
    ['\u001b[31mred', '?[31mred'],
    ['bell\u0007 del\u007f csi\u009b', 'bell? del? csi?'],
    ['tab\tnul\0', 'tab?nul?'],
    ['Grüße, 16 A → ok', 'Grüße, 16 A → ok'],
  ])('%j', (text, shown) => {
    expect(written(text)).toEqual([expect.stringMatching(/^\S+ info {2}[^\p{Cc}]*\n$/u)]);
    expect(written(text)[0]).toContain(`info  ${shown}\n`);
  });
});

function written(text: string): string[] {
  const lines: string[] = [];
  openLog('info', taking(lines)).log('info', text);
  return lines;
}

/** Takes every line at once. */
function taking(lines: string[]): Sink {
  return (text, done) => {
    lines.push(...text.split(/(?<=\n)/));
    done();
  };
}
