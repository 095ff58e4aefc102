// The last thing that a frame passes before it is written.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AllowList, forbidden } from '../../src/protocol/allow-list.ts';
import { encode } from '../../src/protocol/codec.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { wire } from '../../src/protocol/slip.ts';
import { id, own } from '../world.ts';
import {
  answeredNames,
  bytesOf,
  closed,
  frameOf,
  heardLengths,
  messageNamed,
  optionalNames,
  overheardNames,
  spokenNames,
} from './arbitrary.ts';

/** All that the configuration could allow but what an owner has to ask for. */
const widest: AllowList = { maxAmps: 80, relay: false, askPlugState: false };
const relays: AllowList = { ...widest, relay: true };
const plug: AllowList = { ...widest, askPlugState: true };
const everything: AllowList = { ...relays, ...plug, relay: true };
const version = fc.constantFrom(1, 2);
const anySpoken = fc.constantFrom(...spokenNames).chain((name) => messageNamed(name));

describe('what a master says', () => {
  test('may be written while its limit is within the amps that are configured', () => {
    fc.assert(
      fc.property(anySpoken, version, fc.integer({ min: 6, max: 80 }), (message, as, maxAmps) => {
        const problem = forbidden(wire(encode(message, as)), { ...widest, maxAmps });
        const tooMuch = message.name === 'masterHeartbeatLimit' && message.limitAmps > maxAmps;
        expect(problem).toBe(tooMuch ? `limit: expected at most ${maxAmps} A, got ${message.limitAmps} A` : undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [16, 16, undefined],
    [17, 16, 'limit: expected at most 16 A, got 17 A'],
    [0, 6, undefined],
    [80, 80, undefined],
  ])('an order of %i A where %i A are configured', (limitAmps, maxAmps, problem) => {
    const address = { sender: own, receiver: id('1A2B'), masterPluggedIn: false };
    const frame = encode({ name: 'masterHeartbeatLimit', ...address, command: 0x09, limitAmps });
    expect(forbidden(wire(frame), { ...widest, maxAmps })).toBe(problem);
    const wiring = { ...widest, maxAmpsOf: new Map([[id('1A2B'), maxAmps]]) };
    expect(forbidden(wire(frame), wiring)).toBe(problem);
    expect(forbidden(wire(frame), { ...widest, maxAmpsOf: new Map([[id('3C4D'), maxAmps]]) })).toBeUndefined();
  });

  const good = wire(encode({ name: 'meterRequest', sender: own, receiver: id('1A2B') }));

  test.each([
    ['junk before it', Uint8Array.of(0xfc, 0x19, ...good)],
    ['another frame begun after it', Uint8Array.of(...good, 0xfc, 0x19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x19)],
    ['more delimiters than two', Uint8Array.of(0xc0, ...good, 0xc0)],
    ['an order of 3.5 A', wire(closed(bytesOf('FB E0 77 77 1A 2B 09 01 5E 00 00 00 00 00 00')))],
    ['an order of 16.01 A', wire(closed(bytesOf('FB E0 77 77 1A 2B 09 06 41 00 00 00 00 00 00')))],
    ['filler in a heartbeat', wire(closed(bytesOf('FB E0 77 77 1A 2B 00 FF FF 00 11 22 33 44 55')))],
  ])('may not be written with %s', (_, bytes) => {
    expect(forbidden(bytes, widest)).toBeDefined();
  });

  test('may not be written twice at once, in part, or with a byte changed after its type', () => {
    fc.assert(
      fc.property(anySpoken, version, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, as, where, change) => {
        const frame = encode(message, as);
        const sent = wire(frame);
        expect(forbidden(Uint8Array.of(...sent, ...sent), widest)).toBeDefined();
        expect(forbidden(sent.subarray(0, where % sent.length), widest)).toBeDefined();
        expect(forbidden(frame, widest)).toBeDefined();
        const at = 1 + (where % (frame.length - 1));
        frame[at] = ((frame[at] ?? 0) + change) & 0xff;
        expect(forbidden(wire(frame), widest)).toBeDefined();
      }),
    );
  });
});

describe('what a master does not say', () => {
  test.each([...answeredNames, ...overheardNames])('%s is refused', (name) => {
    fc.assert(
      fc.property(messageNamed(name as Message['name']), fc.nat(), (message, which) => {
        const lengths = heardLengths(name);
        const frame = frameOf(message, lengths[which % lengths.length] ?? 16);
        expect(forbidden(wire(frame), everything)).toBeDefined();
      }),
    );
  });

  test('the optional messages are these', () => {
    expect(optionalNames).toEqual(['startRequest', 'stopRequest', 'plugStateRequest']);
  });

  test.each([
    ['startRequest', 'to work the relays', relays, plug],
    ['stopRequest', 'to work the relays', relays, plug],
    ['plugStateRequest', 'to ask for the plug', plug, relays],
  ] as const)('%s is refused, except where the owner allows %s', (name, _, allowing, other) => {
    fc.assert(
      fc.property(messageNamed(name), version, (message, as) => {
        const sent = wire(encode(message, as));
        expect(forbidden(sent, allowing)).toBeUndefined();
        for (const permit of [widest, other]) expect(forbidden(sent, permit)).toBe(`${name} is not on the allow-list`);
      }),
    );
  });

  test('arbitrary bytes are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(forbidden(bytes, widest)).toBeDefined();
        expect(forbidden(wire(bytes), widest)).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('frames that harm chargers are refused though their checksum is right', () => {
  test.each([
    ['FC 19', 'writes serial number and id for ever'],
    ['FC 1A', 'writes the model for ever'],
    ['FB E8', 'crashes the unit'],
    ['FC A1', 'silences the unit'],
    ['FC E5', 'drops the relay under load'],
    ['FB B4', 'asks for the plug'],
    ['FC B1', 'closes the relay'],
    ['FC B2', 'opens the relay under load'],
    ['FB 19', 'asks everybody at once'],
    ['FB 1A', 'asks everybody at once'],
    ['FB 1B', 'asks everybody at once'],
  ])('%s: %s', (code) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 18, maxLength: 18 }), fc.integer({ min: 13, max: 20 }), (rest, length) => {
        expect(forbidden(wire(closed(bytesOf(code, rest, length))), widest)).toBeDefined();
      }),
    );
  });

  test.each([0x01, 0x02, 0x03, 0x04, 0x06, 0x07, 0x0a, 0xff])('a heartbeat with the command %i', (command) => {
    for (const length of [14, 16]) {
      const heartbeat = bytesOf('FB E0 77 77 1A 2B', Uint8Array.of(command, 4), length);
      expect(forbidden(wire(closed(heartbeat)), widest)).toBeDefined();
    }
  });

  test('no code but those of the allow-list passes', () => {
    const allowed = [0xfce1, 0xfbe2, 0xfbe0, 0xfbeb, 0xfbec, 0xfbed, 0xfbee, 0xfbef, 0xfbf1];
    const passed: number[] = [];
    for (let code = 0; code <= 0xffff; code++) {
      const frame = closed(Uint8Array.of(code >> 8, code & 0xff, 0x77, 0x77, 0x1a, 0x00, ...new Uint8Array(10)));
      if (forbidden(wire(frame), widest) === undefined) passed.push(code);
    }
    expect(passed.sort()).toEqual(allowed.sort());
  });
});
