// The lines of a capture: what is written is read, and what is wrong is said with its line.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, entryLine, type Header, headerLine, parseCapture } from '../../src/capture/format.ts';
import { options } from '../../src/config/options.ts';
import { id } from '../world.ts';
import { began, configured } from './recording.ts';

const header: Header = {
  version: '0.1.0',
  startedAt: began,
  link: 'serial',
  config: configured({ 'interface.mode': 'listen', 'config.maxAmpsForSlaves': 48, 'control.relay': true }),
  known: {
    chargers: [{ id: id('1A2B'), version: 2, lastVin: '5YJ3E1EA2KF000317' }],
    setPoints: { circuit: 20, chargers: {} },
  },
  orders: [Uint8Array.of(0xc0, 0xfb, 0x00)],
};
const first = headerLine(header);

function file(...lines: readonly string[]): string {
  return [first, ...lines].map((line) => `${line}\n`).join('');
}

const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const happening = fc.oneof(
  fc.record({ heard: anyBytes }),
  fc.record({ said: anyBytes }),
  fc.constant({ link: 'up' as const }),
  fc.record({ link: fc.constant('down' as const), reason: fc.string() }),
  fc.record({ asked: fc.string(), payload: fc.string() }),
  fc.record({ asked: fc.string(), payload: fc.string(), retained: fc.constant(true as const) }),
  fc.record({ end: fc.string() }),
);

test('every entry that is written is read', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(happening, fc.integer({ min: 0, max: 100_000 }))), (all) => {
      let at = 0;
      const entries = all.map(([one, microseconds]): Entry => {
        at += microseconds;
        return { at: at / 1_000, ...one };
      });
      expect(parseCapture(file(...entries.map(entryLine)))).toEqual({ header, entries, torn: false });
    }),
  );
});

test('a capture that went through an editor of another system is the same', () => {
  const text = file('{"at":1,"heard":"c0fd"}', '{"at":1,"end":"asked to"}');
  expect(parseCapture(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(parseCapture(text));
  expect(parseCapture(text.trimEnd())).toEqual(parseCapture(text));
});

test('a last line that was cut off is left out, wherever it was cut', () => {
  const whole = file('{"at":1,"link":"up"}');
  const last = '{"at":12.5,"heard":"C0FD"}';
  for (let length = 1; length < last.length; length++) {
    expect(parseCapture(whole + last.slice(0, length))).toEqual({ ...parseCapture(whole), torn: true });
  }
  expect(parseCapture(whole + last).entries).toHaveLength(2);
});

test('nothing of the house is in the first line', () => {
  const private_ = Object.keys(options).filter((path) =>
    /^(interface\.port|status|homeassistant|log|state)/.test(path),
  );
  expect(private_.length).toBeGreaterThan(10);
  for (const path of private_) expect(first).not.toContain(path);
});

describe('what is wrong is said with its line:', () => {
  test.each([
    ['', 'line 1: expected a JSON object, got nothing'],
    ['C0 FD E0\n', 'line 1: expected a JSON object, got C0 FD E0'],
    ['{"at":0,"link":"up"}\n', 'line 1: expected the first line of a capture, got {"at":0,"link":"up"}'],
    [`${first.replace('"capture":1', '"capture":2')}\n`, 'line 1: capture: expected 1, got 2'],
    [
      `${first.replace('"serial"', '"/dev/ttyUSB0"')}\n`,
      'line 1: link: expected one of serial, tcp, simulator, got "/dev/ttyUSB0"',
    ],
    [
      `${first.replace('"interface.id":"7777"', '"interface.id":"777"')}\n`,
      'line 1: interface.id: expected four upper-case hex digits without 0000, FFFF, C0 and DB, got "777"',
    ],
    [`${first.replace('"interface.id"', '"interface.port"')}\n`, 'line 1: settings: unknown setting interface.port'],
    [
      `${first.replace('"1A2B"', '"1a2b"')}\n`,
      'line 1: chargers.1.id: expected four hex digits such as 1A2B, got "1a2b"',
    ],
    [
      `${first.replace('"orders":[', '"orders":["C",')}\n`,
      'line 1: orders.1: expected hex digits, two for a byte, got "C"',
    ],
    [`${first.replace('"orders"', '"owner":"me","orders"')}\n`, 'line 1: owner: expected one of capture, version, '],
    [
      `${first.replace('"0.1.0"', '"\\u001b[31m"')}\n`,
      'line 1: version: expected one such as 0.1.0, got "\\u001b[31m"',
    ],
    [`${first.replace(began, 'today')}\n`, 'line 1: startedAt: expected a time with its offset, got "today"'],
    ['\u001b[31mred\n', 'line 1: expected a JSON object, got ?[31mred'],
  ])('%s', (text, problem) => {
    expect(() => parseCapture(text)).toThrow(problem);
  });

  test.each([
    ['', 'line 3: expected a JSON object, got nothing'],
    ['{"at":5,"heard":"C0', 'line 3: expected a JSON object, got {"at":5,"heard":"C0'],
    ['[1]', 'line 3: expected a JSON object, got [1]'],
    ['{"heard":"C0"}', 'line 3: at: expected a number from 0 to 31622400000, got nothing'],
    ['{"at":"8","heard":"C0"}', 'line 3: at: expected a number from 0 to 31622400000, got "8"'],
    ['{"at":6,"heard":"C0"}', 'line 3: at: expected milliseconds, not before 7, got 6'],
    ['{"at":1e300,"heard":"C0"}', 'line 3: at: expected a number from 0 to 31622400000, got 1e+300'],
    ['{"at":8}', 'line 3: expected one of heard, said, link, asked, end, got {"at":8}'],
    ['{"at":8,"heard":""}', 'line 3: heard: expected hex digits, two for a byte, got ""'],
    ['{"at":8,"heard":"C0F"}', 'line 3: heard: expected hex digits, two for a byte, got "C0F"'],
    ['{"at":8,"said":"C0 FB"}', 'line 3: said: expected hex digits, two for a byte, got "C0 FB"'],
    ['{"at":8,"said":192}', 'line 3: said: expected hex digits, two for a byte, got 192'],
    ['{"at":8,"heard":"C0","said":"C0"}', 'line 3: said: expected one of at, heard, got "said"'],
    ['{"at":8,"link":"open"}', 'line 3: link: expected "up" or "down", got "open"'],
    ['{"at":8,"link":"up","reason":"x"}', 'line 3: reason: expected one of at, link, got "reason"'],
    ['{"at":8,"link":"down"}', 'line 3: reason: expected text, got nothing'],
    ['{"at":8,"asked":"1A2B/set/limit","payload":16}', 'line 3: payload: expected text, got 16'],
    ['{"at":8,"asked":"x","payload":"1","retained":false}', 'line 3: retained: expected true, got false'],
  ])('%s', (line, problem) => {
    expect(() => parseCapture(file('{"at":7,"link":"up"}', line, '{"at":9,"end":"asked to"}'))).toThrow(problem);
  });
});

test('it tells what the owner says of single chargers, but not what they are called', () => {
  const config = configured({ chargers: { '1A2B': { name: 'Garage left', maxAmps: 16 } } });
  const text = headerLine({ ...header, config });
  expect(text).not.toContain('Garage');
  expect(parseCapture(`${text}\n`).header.config.chargers).toEqual({ '1A2B': { maxAmps: 16 } });
});
