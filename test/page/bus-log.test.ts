// The bus log: which words stand for which bytes.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBusLog } from '../../src/page/bus-log.ts';
import { encode } from '../../src/protocol/codec.ts';
import { describeMessage } from '../../src/protocol/describe.ts';
import { wire } from '../../src/protocol/slip.ts';
import { messageNamed, names } from '../protocol/arbitrary.ts';
import { id } from '../world.ts';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.split(' '), (pair) => Number.parseInt(pair, 16));
}

test.each([
  // docs/protocol.md 3 and 4, with the junk byte of a real unit behind some.
  ['C0 FB E0 77 77 24 33 09 06 40 00 00 00 00 00 00 74 C0', '7777 to 2433: take at most 16 A'],
  ['C0 FB E0 77 77 1A 2B 00 00 00 00 00 00 00 00 00 13 C0', '7777 to 1A2B: go on as you are'],
])('%s', (hex, text) => {
  expect(createBusLog().lines('sent', bytes(hex), 0)).toMatchObject([
    { direction: 'sent', type: 'frame', text, bytes: hex },
  ]);
});

test('a frame comes in pieces, and each way has its own', () => {
  const log = createBusLog();
  const heard = wire(encode({ name: 'serialResponse', sender: id('1A2B'), serial: '<b>&</b>' }));
  const said = wire(encode({ name: 'meterRequest', sender: id('7777'), receiver: id('1A2B') }));
  expect(log.lines('received', heard.subarray(0, 7), 0)).toEqual([]);
  expect(log.lines('sent', said, 0)).toMatchObject([{ direction: 'sent', text: '7777 asks 1A2B for its meter' }]);
  expect(log.lines('received', heard.subarray(7), 1)).toMatchObject([
    { direction: 'received', type: 'frame', text: '1A2B: serial number “<b>&</b>”' },
  ]);
});

test('the bytes of a line are those of its frame: not the junk before it, nor what came before the log was shown', () => {
  const frame = 'C0 FB E0 77 77 1A 2B 00 00 00 00 00 00 00 00 00 13 C0';
  const lines = createBusLog().lines('received', bytes(`77 1A 2B ${frame} FC ${frame}`), 0);
  expect(lines.map((line) => line.bytes)).toEqual([frame, frame]);
});

test('noise and frames that are not understood are told with the reason', () => {
  const log = createBusLog();
  expect(log.lines('received', bytes('C0 01 02 03 04 05 C0'), 0)).toEqual([
    {
      direction: 'received',
      type: 'noise',
      message: '',
      units: [],
      text: 'noise, length: expected 13 to 20 bytes, got 5',
      bytes: 'C0 01 02 03 04 05 C0',
    },
  ]);
  const [strange] = log.lines('received', bytes('C0 FB E0 77 77 1A 2B 00 00 00 00 00 00 00 00 00 14 C0'), 0);
  expect(strange).toMatchObject({ type: 'unknown', text: 'not understood, checksum: expected 13, got 14' });
});

test('endless noise costs nothing', () => {
  const log = createBusLog();
  log.lines('received', Uint8Array.of(0xc0), 0);
  for (let i = 0; i < 1_000; i++) expect(log.lines('received', new Uint8Array(100).fill(7), 0)).toEqual([]);
  const [line] = log.lines('received', Uint8Array.of(0xc0), 0);
  expect(line?.bytes).toMatch(/^C0( 07){63} … \(100002 bytes\)$/);
});

test.each(names)('%s has words', (name) => {
  fc.assert(
    fc.property(messageNamed(name as 'meterRequest'), (message) => {
      // What stands in quotes came from the bus, and may be anything.
      expect(describeMessage(message).replace(/“.*?”/g, '“”')).toMatch(/^(?!.*(undefined|NaN|\[object)).{4,}$/);
    }),
  );
});
