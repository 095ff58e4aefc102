// Every row of the message table with arbitrary values, golden frames, and everything that must be refused.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decoded, decode, encode, longestFrame, shortestFrame, type Version } from '../../src/protocol/codec.ts';
import type { MasterMessage, Message, SlaveMessage } from '../../src/protocol/messages.ts';
import {
  answeredNames,
  anyMessage,
  bytesOf,
  closed,
  frameOf,
  heardLengths,
  hex,
  messageNamed,
  names,
  optionalNames,
  spokenNames,
} from './arbitrary.ts';

const versions: Version[] = [1, 2];

describe.each([...spokenNames, ...optionalNames, ...answeredNames])('%s', (name) => {
  test.each(versions)('is read back as it was written, version %i', (version) => {
    fc.assert(
      fc.property(messageNamed(name as (typeof spokenNames)[number]), (message) => {
        expect(decode(encode(message, version))).toEqual({ valid: true, message });
      }),
    );
  });
});

describe.each(names)('%s', (name) => {
  test.each(heardLengths(name))('is understood with %i bytes', (length) => {
    fc.assert(
      fc.property(messageNamed(name), (message) => {
        expect(decode(frameOf(message, length))).toEqual({ valid: true, message });
      }),
    );
  });
});

interface Golden {
  readonly source: string;
  readonly frame: string;
  readonly message: Message;
}

const golden = [
  {
    source: 'real master 035D, version 1 (TMC 72830 page 3)',
    frame: 'FB E2 03 5D 5F 00 00 00 00 00 00 00 00 A1',
    message: { name: 'masterLinkready2', sender: '035D', sign: '5F' },
  },
  {
    source: 'real lone master, every two hours',
    frame: 'FC 1D 00 00 00 00 00 00 00 00 00 00 00 1D',
    message: { name: 'idle' },
  },
  {
    source: 'order of 32 A to 4085 (TWCManager 473)',
    frame: 'FB E0 77 77 40 85 09 0C 80 00 00 00 00 00 00 28',
    message: {
      name: 'masterHeartbeatLimit',
      sender: '7777',
      receiver: '4085',
      command: 0x09,
      limitAmps: 32,
      masterPluggedIn: false,
    },
  },
  {
    source: 'worked example of protocol 2.1: an order of 16 A',
    frame: 'FB E0 77 77 24 33 09 06 40 00 00 00 00 00 00 74',
    message: {
      name: 'masterHeartbeatLimit',
      sender: '7777',
      receiver: '2433',
      command: 0x09,
      limitAmps: 16,
      masterPluggedIn: false,
    },
  },
  {
    source: 'nothing to say to 2431 (TWCManager 473)',
    frame: 'FB E0 77 77 24 31 00 00 00 00 00 00 00 00 00 23',
    message: { name: 'masterHeartbeat', sender: '7777', receiver: '2431', command: 0x00, masterPluggedIn: false },
  },
] as unknown as Golden[];

test.each(golden)('$source', ({ frame, message }) => {
  expect(decode(bytesOf(frame))).toEqual({ valid: true, message });
});

test('an order is made of these bytes, version 1 and 2', () => {
  const order = golden[3]?.message as MasterMessage;
  expect(hex(encode(order, 2))).toBe('FB E0 77 77 24 33 09 06 40 00 00 00 00 00 00 74');
  expect(hex(encode(order, 1))).toBe('FB E0 77 77 24 33 09 06 40 00 00 00 00 74');
});

describe('whatever comes', () => {
  test('decoding never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(typeof decode(bytes).valid).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  test('decoding never throws on the codes that it knows with a right checksum', () => {
    const known = anyMessage.map((message) => frameOf(message, heardLengths(message.name)[0] ?? 16));
    fc.assert(
      fc.property(known, fc.uint8Array({ minLength: 18, maxLength: 18 }), lengths(), (frame, rest, length) => {
        const bytes = Uint8Array.of(...frame.subarray(0, 2), ...rest).subarray(0, length);
        expect(typeof decode(closed(bytes)).valid).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  test('a frame with one wrong byte is refused, unless it is the first, which the checksum does not cover', () => {
    const place = fc.nat({ max: longestFrame });
    fc.assert(
      fc.property(anyMessage, place, fc.integer({ min: 1, max: 255 }), fc.nat(), (message, at, change, which) => {
        const allLengths = heardLengths(message.name);
        const frame = frameOf(message, allLengths[which % allLengths.length] ?? 16);
        const wrong = 1 + (at % (frame.length - 1));
        frame[wrong] = ((frame[wrong] ?? 0) + change) & 0xff;
        expect(decode(frame).valid).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, string]>([
    ['FB E0 77 77', 'length: expected 13 to 20 bytes, got 4'],
    [`${'00 '.repeat(20)}00`, 'length: expected 13 to 20 bytes, got 21'],
    ['FC 1D 00 00 00 00 00 00 00 00 00 00 00 1E', 'checksum: expected 1D, got 1E'],
    ['FA E0 00 00 00 00 00 00 00 00 00 00 00 E0', 'code: no known message has FA E0'],
    ['FC 1D 00 00 00 00 00 00 00 00 00 00 1D', 'length: expected 14, 16 bytes for FC 1D, got 13'],
    [
      'FB E0 77 77 24 31 0F 00 00 00 00 00 00 00 00 32',
      'content: no masterHeartbeat or masterHeartbeatLimit or masterHeartbeatError or masterHeartbeatStep has these bytes',
    ],
  ])('%s is refused and says why', (frame, reason) => {
    expect(decode(bytesOf(frame))).toEqual({ valid: false, reason } satisfies Decoded);
  });
});

describe('what cannot be said', () => {
  const heartbeat = { sender: '7777', receiver: '1A2B', masterPluggedIn: false };
  const order = { name: 'masterHeartbeatLimit', ...heartbeat, command: 9, limitAmps: 16 };

  test.each<[string, object]>([
    ['1 A', { ...order, limitAmps: 1 }],
    ['5 A', { ...order, limitAmps: 5 }],
    ['6.5 A', { ...order, limitAmps: 6.5 }],
    ['81 A', { ...order, limitAmps: 81 }],
    ['646 A, which wraps round to less than 6 A', { ...order, limitAmps: 646 }],
    ['a negative limit', { ...order, limitAmps: -6 }],
    ['no number', { ...order, limitAmps: Number.NaN }],
    ['infinity', { ...order, limitAmps: Number.POSITIVE_INFINITY }],
    ['the command 02, which takes a charger out of service', { ...order, command: 2 }],
    ['the commands 06 and 07', { ...order, command: 6 }],
    ['a limit without a command', { ...order, command: 0 }],
    ['a heartbeat with a command for limits', { name: 'masterHeartbeat', ...heartbeat, command: 9 }],
    ['an id in lower case', { ...order, receiver: '1a2b' }],
    ['an id of five digits', { ...order, receiver: '1A2B3' }],
    ['an empty id', { ...order, sender: '' }],
  ])('%s', (_, message) => {
    expect(() => encode(message as MasterMessage)).toThrow(RangeError);
  });

  test.each<[string, object]>([
    ['a VIN with the letter O', { name: 'vinResponse1', sender: '1A2B', vin: '5YJ3O1E' }],
    ['a part of a VIN that is too long', { name: 'vinResponse3', sender: '1A2B', vin: '0317' }],
    ['a serial number of 12 characters', { name: 'serialResponse', sender: '1A2B', serial: 'A17I00393933' }],
    ['a version of three numbers', { name: 'versionResponse', sender: '1A2B', version: '4.5.3' }],
    [
      'a counter of more than four bytes',
      { name: 'meterResponseShort', sender: '1A2B', energyCounter: 2 ** 32, volts: [0, 0, 0] },
    ],
  ])('%s', (_, message) => {
    expect(() => encode(message as SlaveMessage)).toThrow(RangeError);
  });
});

test('text ends where its padding begins', () => {
  const vin = bytesOf('FD EE 24 33 35 59 4A FF FF FF FF 00 00 00 00 00 00 00 00 00');
  expect(decode(closed(vin))).toEqual({ valid: true, message: { name: 'vinResponse1', sender: '2433', vin: '5YJ' } });
});

function lengths() {
  return fc.integer({ min: shortestFrame, max: longestFrame });
}
