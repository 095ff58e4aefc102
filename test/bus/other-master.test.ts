// Whose frame is it, when a master's frame is heard and we are master: our echo, another master, or noise.

import { expect, test } from 'vitest';
import { createOtherMasterWatch, SILENT_FOR } from '../../src/bus/other-master.ts';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import { encode } from '../../src/protocol/codec.ts';
import type { MasterMessage } from '../../src/protocol/messages.ts';
import { fleetOf, id, own } from '../world.ts';

const unit = id('1A2B');
const fleet = fleetOf({ ...newCharger(unit, 0), confirmed: true } satisfies Charger);
const ours: MasterMessage = { name: 'meterRequest', sender: own, receiver: unit };
const theirs: MasterMessage = { name: 'meterRequest', sender: id('035D'), receiver: unit };

test('what we sent comes back from an adapter that echoes, once for each time', () => {
  const watch = createOtherMasterWatch(own);
  watch.sent(encode(ours), 0);
  expect(watch.classify(encode(ours), ours, fleet, 30)).toBe('echo');
  expect(watch.classify(encode(ours), ours, fleet, 60)).toBe('otherMaster');
});

test('what we sent long ago is no echo any more', () => {
  const watch = createOtherMasterWatch(own);
  watch.sent(encode(ours), 0);
  expect(watch.classify(encode(ours), ours, fleet, 2_001)).toBe('otherMaster');
});

test('another master silences us until it has not been heard for long enough', () => {
  const watch = createOtherMasterWatch(own);
  expect([watch.silentUntil, watch.otherMaster(0)]).toEqual([Number.NEGATIVE_INFINITY, undefined]);
  expect(watch.classify(encode(theirs), theirs, fleet, 100)).toBe('otherMaster');
  expect(watch.silentUntil).toBe(100 + SILENT_FOR);
  expect(watch.classify(encode(theirs), theirs, fleet, 5_000)).toBe('otherMaster');
  expect([watch.otherMaster(4_999 + SILENT_FOR), watch.otherMaster(5_000 + SILENT_FOR)]).toEqual(['035D', undefined]);
});

test("a charger's answer to us with a broken first byte is noise", () => {
  const watch = createOtherMasterWatch(own);
  const broken: MasterMessage = { name: 'meterRequest', sender: unit, receiver: own };
  expect(watch.classify(encode(broken), broken, fleet, 0)).toBe('noise');
  expect(watch.otherMaster(0)).toBeUndefined();
});

test('a master that does not name itself is one all the same', () => {
  const watch = createOtherMasterWatch(own);
  expect(watch.classify(new Uint8Array(14), { name: 'idle' }, fleet, 0)).toBe('otherMaster');
  expect(watch.otherMaster(1)).toBe('unknown');
});

test('an echo that a collision spoilt is noise where the adapter echoes, and another master everywhere else', () => {
  const spoilt: MasterMessage = { ...ours, sender: id('7776') };
  const watch = createOtherMasterWatch(own);
  watch.sent(encode(ours), 0);
  expect(watch.classify(encode(ours), ours, fleet, 30)).toBe('echo');
  watch.sent(encode(ours), 1_000);
  expect(watch.classify(encode(spoilt), spoilt, fleet, 1_030)).toBe('noise');
  expect(watch.classify(encode(spoilt), spoilt, fleet, 1_061)).toBe('otherMaster');
  const silentAdapter = createOtherMasterWatch(own);
  silentAdapter.sent(encode(ours), 0);
  expect(silentAdapter.classify(encode(spoilt), spoilt, fleet, 30)).toBe('otherMaster');
});
