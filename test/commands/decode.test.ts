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
    ['0xC', 'expected pairs of hex digits, got 0xC'],
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

// As TWCManager, its forks and serial monitors write them in forums.
describe('a line of a log', () => {
  test.each([
    ['Rx@07:53:28: () BODY', linkreadyBody],
    ['13:47:29 🔌 RS485    12 Tx@: C0 BODY C0', linkreadyBody],
    ['13:47:29 ⛽ Manager  12 Rx@: (F8) BODY', linkreadyBody],
    ['Rx@: (FC) BODY', linkreadyBody],
    ['2020-01-18 10:08:33,123 - DEBUG - Rx@: (C0 FC) BODY', linkreadyBody],
    ['2026-11-25T10:08:33.123Z BODY', linkreadyBody],
    ['16:38:07 IfaceRS485 9 Tx@: C0 BODY C0', linkreadyBody],
    ['______________Sent packet: C0 BODY C0 ff', linkreadyBody],
    ['10:50:39: *** UNKNOWN MESSAGE FROM SLAVE:BODY', linkreadyBody],
    ['[1606521345.123456] <- C0 BODY C0', linkreadyBody],
    ['07:53:28: ERROR: Ignoring message of unexpected length 15: BODY FF', linkreadyBody],
    ['INFO received: [0xc0, 0xBODY, 0xc0]', linkreadyBody.toLowerCase().replaceAll(' ', ', 0x')],
    ['C0.BODY.C0', linkreadyBody.replaceAll(' ', '.')],
    ['rx: c0,BODY,c0', linkreadyBody.toLowerCase().replaceAll(' ', ',')],
    ["b'\\xc0\\xBODY\\xc0'", linkreadyBody.toLowerCase().replaceAll(' ', '\\x')],
    ['{"at":1012.4,"said":"C0BODYC0"}', linkreadyBody.replaceAll(' ', '')],
    ['Sent packet: c0BODYc0ff', linkreadyBody.replaceAll(' ', '').toLowerCase()],
    ['[13:24:11][D][uart_debug:114]: >>> C0:BODY:C0', linkreadyBody.replaceAll(' ', ':')],
    ['[13:24:11.123][D][uart_debug:158]: <<< "\\xC0\\xBODY\\xC0"', linkreadyBody.replaceAll(' ', '\\x')],
    ["Rx: bytearray(b'\\xc0BODY\\xc0')", '\\xfb\\xe2\\x03]_\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xa1'],
    ['[192, BODY, 192]', '251, 226, 3, 93, 95, 0, 0, 0, 0, 0, 0, 0, 0, 161'],
    ['20:15:01.332 -> C0 BODY C0', linkreadyBody.replace(/\b0/g, '')],
    ['uint8_t frame[] = {0xC0, BODY, 0xC0};', `0x${linkreadyBody.replace(/\b0/g, '').replaceAll(' ', ', 0x')}`],
    ['C0 | BODY | C0', 'FB E2 | 03 5D | 5F | 00 00 00 00 00 00 00 00 | A1'],
    ['<C0><BODY><C0>', linkreadyBody.replaceAll(' ', '><')],
    ['[C0][BODY][C0]', linkreadyBody.replaceAll(' ', '][')],
    ['$C0 $BODY $C0', linkreadyBody.replaceAll(' ', ' $')],
    ["'c0', 'BODY', 'c0'", linkreadyBody.toLowerCase().replaceAll(' ', "', '")],
    ['%C0%BODY%C0', linkreadyBody.replaceAll(' ', '%')],
    ['00000000: c0fb e203 5d5f 0000 0000 0000 0000 a1c0  ....]_..........', ''],
    ['00000000  c0 fb e2 03 5d 5f 00 00  00 00 00 00 00 00 a1 c0  |....]_..........|', ''],
    ['> Mar 21 15:59:07 charon twc-test[665]: ⛽ Manager  12 Rx@: (FC) BODY', linkreadyBody],
    ['twcmanager_1  | 13:47:29 🔌 RS485    12 Tx@: C0 BODY C0', linkreadyBody],
    ['Tx@19:59:55: c0 BODY c0 fe', linkreadyBody.toLowerCase()],
    ['CO BODY C0', linkreadyBody],
    ['[12:34:56.789][VV][twc:045]: Rx: BODY (14)', linkreadyBody.replaceAll(' ', '.')],
    ['MQT: tele/twc/RESULT = {"SSerialReceived":"C0BODYC0"}', linkreadyBody.replaceAll(' ', '')],
    ['{"type":"Buffer","data":[192,BODY,192]}', '251,226,3,93,95,0,0,0,0,0,0,0,0,161'],
    ['<Buffer c0 BODY c0>', linkreadyBody.toLowerCase()],
    ['10:50:39.123456 IN  len=16 C0 BODY C0', linkreadyBody],
    ['/dev/ttyUSB0: C0 BODY C0', linkreadyBody],
    ["x'C0BODYC0'", linkreadyBody.replaceAll(' ', '')],
    ['\u001B[32m13:47:29 RS485 Tx@: C0 BODY C0\u001B[0m', linkreadyBody],
    ['C0\u00A0BODY\u00A0C0', linkreadyBody.replaceAll(' ', '\u00A0')],
    ['I (12345) twc: 0x3ffb0000   c0 BODY c0  |....]_..........|', linkreadyBody.toLowerCase()],
  ])('%s', (line, body) => {
    expect(decodeLine(line.replace('BODY', body))).toEqual([linkready]);
  });

  test('may hold several frames', () => {
    expect(decodeLine(`10:00:00 Tx@: C0 ${orderBody} C0 10:00:01 Rx@: (FC) ${linkreadyBody}`)).toEqual([
      order,
      linkready,
    ]);
  });

  test.each([
    '07:53:28: Send master linkready1',
    'TWC Manager starting as fake Master with id 7777 and sign 77',
    'load_settings: kWhDelivered set to 119.0',
    '13:47:29 ⛽ Master   10 Number of cars charging now: 1',
    'twcmanager_1  | 07:21:01 🎮 HTTP     20 Serving at port: 8080',
    'connected to 192.168.1.170 (00:1A:2B:3C:4D:5E)',
    '15:10:12 TWCManager 15 Slave TWC 2388 reported VIN data: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00.',
    '10:02:39 TWCManager 20 Master heartbeat contains error 5: 02 05 00 00 00 00 00 00 00',
    '15:10:13 TWCSlave   20 SHB 2388: 08 13.10/13.00A 0000 0000  M: 09 00.00/00.00A 0000 0000',
    'e2+03+5d+5f=1(a1)',
  ])('without a frame gives nothing: %s', (line) => {
    expect(decodeLine(line)).toEqual([]);
  });
});

test('bytes that a log shows as they are meant, not as they are on the wire', () => {
  // Protocol 7.1 without its escapes: DB and C0 are data.
  const body = 'FB E0 77 77 DB 47 09 07 C0 00 00 00 00 00 00 C0';
  const message = { ...order.message, receiver: 'DB47', limitAmps: 19.84 };
  expect(decodeLine(`Rx@: () ${body}`)).toEqual([{ valid: true, message }]);
});

test.each(['', '   ', '\t'])('an empty line gives nothing: %j', (line) => {
  expect(decodeLine(line)).toEqual([]);
});

test('every line of the input becomes JSON lines of its own', async () => {
  const printed: string[] = [];
  const input = Readable.from([`C0 ${linkreadyBody}`, ` C0\n\n${orderBody}\nrubbish`]);
  await decodeLines(input, (text) => void printed.push(text));
  expect(printed.every((text) => text.endsWith('\n'))).toBe(true);
  expect(printed.map((text) => JSON.parse(text))).toEqual([linkready, order]);
});

describe('a dump of several lines is one stream', () => {
  const stream = `FE C0 ${linkreadyBody} C0 FC C0 ${orderBody} C0 FE C0 ${linkreadyBody} C0`.toLowerCase().split(' ');
  const hex = (at: number, digits: number) => at.toString(16).padStart(digits, '0');
  const octal = (at: number) => at.toString(8).padStart(7, '0');
  /** The last line of some is the place at which the stream ends. */
  const dump = (each: number, line: (at: number, bytes: string[]) => string, end = '') => {
    const starts = stream.map((_, at) => at).filter((at) => at % each === 0);
    return [...starts.map((at) => line(at, stream.slice(at, at + each))), end].join('\n');
  };
  const words = (bytes: readonly string[], word: (one: string, two: string) => string) =>
    bytes.flatMap((byte, i) => (i % 2 > 0 ? [] : [word(byte, bytes[i + 1] ?? '')])).join(' ');
  const pairs = (bytes: readonly string[]) => words(bytes, (one, two) => one + two);
  const swapped = (bytes: readonly string[]) => words(bytes, (one, two) => (two || '00') + one);
  const halves = (bytes: readonly string[]) => `${bytes.slice(0, 8).join(' ')}  ${bytes.slice(8).join(' ')}`;

  test.each([
    ['hexdump -C', dump(16, (at, bytes) => `${hex(at, 8)}  ${halves(bytes)}  |..a0 b1..|`, hex(stream.length, 8))],
    ['xxd', dump(16, (at, bytes) => `${hex(at, 8)}: ${pairs(bytes).padEnd(39)}  ab..]_..c0`)],
    ['xxd -c 8', dump(8, (at, bytes) => `${hex(at, 8)}: ${pairs(bytes)}  ab..]_..`)],
    ['od -tx1', dump(16, (at, bytes) => `${octal(at)} ${bytes.join(' ')}`, octal(stream.length))],
    ['hexdump', dump(8, (at, bytes) => `${hex(at, 7)} ${swapped(bytes)}`, hex(stream.length, 7))],
    ['a terminal', dump(10, (at, bytes) => `${hex(at, 6)}   ${bytes.join(' ').toUpperCase()}`)],
  ])('as of %s', async (_, text) => {
    const printed: string[] = [];
    await decodeLines(Readable.from([`$ dump\n${text}\n\n${orderBody}\n`]), (one) => void printed.push(one));
    expect(printed.map((one) => JSON.parse(one))).toEqual([linkready, order, linkready, order]);
  });
});

test('an input without any frame says so', async () => {
  const printed: string[] = [];
  await decodeLines(Readable.from(['hello\nworld\n']), (text) => void printed.push(text));
  expect(printed).toEqual(['{"valid":false,"reason":"no frame: expected hex such as C0 FB E0 … C0"}\n']);
});
