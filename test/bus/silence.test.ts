// Who only listens sends nothing, whatever is heard.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bus } from '../../src/bus/bus.ts';
import type { BusSettings } from '../../src/bus/settings.ts';
import { wire } from '../../src/protocol/slip.ts';
import { anyMessage, frameOf, heardLengths } from '../protocol/arbitrary.ts';
import { defaults, id } from '../world.ts';

const listeners: [string, Partial<BusSettings>][] = [
  ['a bridge beside a genuine master', { mode: 'listen' }],
  ['the doctor that has not asked whether it may', { mode: 'master', silent: true, relay: true, askPlugState: true }],
];
const everything = { since: 0, circuit: 32, of: () => ({ limit: 32, enabled: true }) };

test.each(listeners)('%s sends nothing, whatever is heard', (_, settings) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ after: fc.integer({ min: 0, max: 30_000 }), message: anyMessage, noise: fc.uint8Array() })),
      (heard) => {
        const savedChargers = [{ id: id('1A2B'), version: 2 as const, relayOpen: true }];
        const bus = new Bus({ ...defaults, ...settings, savedChargers }, () => {}, 0);
        let now = 0;
        bus.opened(now);
        for (const { after, message, noise } of heard) {
          now += after;
          bus.advance(now);
          bus.received(wire(frameOf(message, heardLengths(message.name)[0] ?? 16)), now);
          bus.received(noise, now);
          expect(bus.nextFrame(everything, now)).toBeUndefined();
        }
        expect(bus.shutdown()).toBe(true);
        expect(bus.nextFrame(everything, now)).toBeUndefined();
      },
    ),
  );
});
