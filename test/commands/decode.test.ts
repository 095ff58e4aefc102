// The command decode: hex as people copy it from logs and posts, into a line of JSON for each frame.

import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { decodeLine, decodeLines } from '../../src/commands/decode.ts';

// TMC 72830 page 3 and TWCManager 473: a real master, an order of 32 A.
const linkready = { valid: true, message: { name: 'masterLinkready2', sender: '035D', sign: '5F' } };
const order = {
  valid: true,
  message: {
    name: 'masterHeartbeatLimit',
    sender: '7777',
    receiver: '4085',
    command: 0x09,
    limitAmps: 32,
    masterPluggedIn: false,
  },
};
const linkreadyBody = 'FB E2 03 5D 5F 00 00 00 00 00 00 00 00 A1';
const orderBody = 'FB E0 77 77 40 85 09 0C 80 00 00 00 00 00 00 28';

describe('a frame', () => {
  test.each([
    ['between two C0', `C0 ${linkreadyBody} C0`],
    ['with the junk byte of real units', `C0 ${linkreadyBody} C0 FE`],
    ['with noise on both sides', `00 FC C0 ${linkreadyBody} C0 FE 00 00`],
    ['without C0', linkreadyBody],
    ['without blanks', linkreadyBody.replaceAll(' ', '')],
    ['in lower case', `c0 ${linkreadyBody.toLowerCase()} c0`],
    ['with colons', `C0:${linkreadyBody.replaceAll(' ', ':')}:C0`],
    ['with hyphens', `C0-${linkreadyBody.replaceAll(' ', '-')}-C0`],
    ['with commas and 0x', `0xC0, 0x${linkreadyBody.replaceAll(' ', ', 0x')}, 0xC0`],
    ['with tabs, and blanks around', `\t C0\t${linkreadyBody}  C0 \r`],
  ])('%s', (_, line) => {
    expect(decodeLine(line)).toEqual([linkready]);
  });

  test('with escapes, with and without C0', () => {
    // Protocol 7.1.
    const body = 'FB E0 77 77 DB DD 47 09 07 DB DC 00 00 00 00 00 00 DB DC';
    const message = { ...order.message, receiver: 'DB47', limitAmps: 19.84 };
    for (const line of [body, `C0 ${body} C0`]) expect(decodeLine(line)).toEqual([{ valid: true, message }]);
  });
});

test.each([
  ['with two C0 between them', `C0 ${linkreadyBody} C0 C0 ${orderBody} C0`],
  ['with one', `C0 ${linkreadyBody} C0 ${orderBody} C0`],
  ['with a junk byte after each', `C0 ${linkreadyBody} C0 FE C0 ${orderBody} C0 FC`],
])('several frames in one line, %s', (_, line) => {
  expect(decodeLine(line)).toEqual([linkready, order]);
});

describe('what is no frame says why', () => {
  test.each([
    ['hello', 'expected pairs of hex digits, got hello'],
    ['C0 FB E', 'expected pairs of hex digits, got C0 FB E'],
    ['FB E2', 'length: expected 13 to 20 bytes, got 2'],
    ['C0', 'no whole frame: expected C0, a frame, C0'],
    [`C0 ${linkreadyBody}`, 'no whole frame: expected C0, a frame, C0'],
    [linkreadyBody.replace('A1', 'A2'), 'checksum: expected A1, got A2'],
    [linkreadyBody.replace('5F', 'DB 5F'), 'escape: expected DC or DD after DB, got 5F'],
    [`C0 ${'00 '.repeat(21)}C0`, 'length: more than 20 bytes'],
  ])('%s', (line, reason) => {
    expect(decodeLine(line)).toEqual([{ valid: false, reason }]);
  });

  test('beside a good one', () => {
    expect(decodeLine(`C0 01 02 03 04 05 C0 ${orderBody} C0`)).toEqual([
      { valid: false, reason: 'length: expected 13 to 20 bytes, got 5' },
      order,
    ]);
  });
});

test.each(['', '   ', '\t'])('an empty line gives nothing: %j', (line) => {
  expect(decodeLine(line)).toEqual([]);
});

test('every line of the input becomes JSON lines of its own', async () => {
  const printed: string[] = [];
  const input = Readable.from([`C0 ${linkreadyBody}`, ` C0\n\n${orderBody}\nrubbish`]);
  await decodeLines(input, (text) => void printed.push(text));
  expect(printed.every((text) => text.endsWith('\n'))).toBe(true);
  expect(printed.map((text) => JSON.parse(text))).toEqual([
    linkready,
    order,
    { valid: false, reason: 'expected pairs of hex digits, got rubbish' },
  ]);
});
