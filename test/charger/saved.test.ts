// What is saved of the chargers of a bus, as it is made new only where a charger has changed.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Charger } from '../../src/charger/charger.ts';
import { confirmed, type Fleet, fleetWithMessage, fleetWithSent } from '../../src/charger/fleet.ts';
import { SavedChargers, sameSaved, savedFleet, toSaved } from '../../src/charger/saved.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { messageNamed } from '../protocol/arbitrary.ts';
import { id, own } from '../world.ts';

const units = ['1A2B', '3C4D', '5E6F'].map(id);

/** The message of one of three units, or to it. */
function between(said: Message, unit: number): Message {
  const slave = units[unit % units.length] ?? own;
  const addressed = 'receiver' in said ? { ...said, receiver: said.name.startsWith('master') ? slave : own } : said;
  return 'sender' in addressed && !said.name.startsWith('master') ? { ...addressed, sender: slave } : addressed;
}

function after(fleet: Fleet, said: Message, unit: number, now: number): Fleet {
  const sent = fleetWithSent(fleet, said, now);
  const settings = { energyUnit: 'auto', chargerSettings: new Map(), most: 3 } as const;
  return (
    fleetWithMessage(sent, units[unit % units.length] ?? own, { message: said, version: 2 }, settings, now) ?? sent
  );
}

const heard = ['slaveLinkready', 'slaveHeartbeat', 'meterResponse', 'versionResponse', 'serialResponse'] as const;
const others = ['vinResponse1', 'vinResponse2', 'vinResponse3', 'stopAck', 'startAck'] as const;
const said = ['masterHeartbeatLimit', 'masterHeartbeat', 'stopRequest'] as const;

test('whatever is heard and said, the same is saved as if all were made anew each time', () => {
  const anyOf = fc.constantFrom(...heard, ...others, ...said).chain((name) => messageNamed(name as 'slaveHeartbeat'));
  const event = fc.record({ said: anyOf, unit: fc.nat(2), wait: fc.nat(20_000), clock: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let fleet: Fleet = savedFleet([], new Map(), 0, 0);
      let now = 0;
      let epoch = 1_700_000_000_000;
      const wallClock = (at: number) => epoch + at;
      const kept = new SavedChargers([], wallClock);
      let anew: ReturnType<typeof all> = [];
      const all = () => confirmed(fleet).map((charger: Charger) => toSaved(charger, wallClock));
      for (const { said, unit, wait, clock } of events) {
        now += wait;
        // Now and then the wall clock is set.
        if (clock === 0) epoch += 7_200_000;
        fleet = after(fleet, between(said, unit), unit, now);
        if (!sameSaved(all(), anew)) anew = all();
        kept.update(fleet);
        expect(kept.chargers).toEqual(anew);
      }
    }),
    { numRuns: 200 },
  );
});
