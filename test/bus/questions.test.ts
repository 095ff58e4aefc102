// What is asked of a charger: at its pace, with a budget, and with an end.

import { describe, expect, test } from 'vitest';
import { createQuestionnaire, type Questionnaire, questions } from '../../src/bus/questions.ts';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { randomness } from '../randomness.ts';
import { createWorld, id, slave, tesla } from '../world.ts';

const unit = id('1A2B');
const idle: Charger = { ...newCharger(unit, 0), version: 2, heardAt: 0, online: true, confirmed: true };
const charging: Charger = { ...idle, charging: { on: true, since: 1_000, below: undefined } };

type Ask = (typeof questions)[number]['ask'];

describe('what is asked', () => {
  test.each<[string, Charger, Ask[]]>([
    ['of an idle charger: meter and identity', idle, ['meterRequest', 'versionRequest', 'serialRequest']],
    [
      'of one that is known already: its meter only',
      { ...idle, firmware: '4.5.3.2', serialNumber: 'A' },
      ['meterRequest'],
    ],
    [
      'of one that charges: the VIN as well',
      { ...charging, firmware: '4.5.3.2', serialNumber: 'A' },
      ['meterRequest', 'vinRequest1'],
    ],
    ['of a version 1 unit: nothing', { ...idle, version: 1 }, []],
    ['of one that is offline: nothing', { ...idle, online: false }, []],
  ])('%s', (_, charger, asked) => {
    expect([...new Set(story(charger, 20_000).map(({ ask }) => ask))].sort()).toEqual([...asked].sort());
  });

  test('one question a second at most, and none more than five times without any answer', () => {
    const all = story(charging, 3_600_000);
    for (const [i, { at }] of all.entries()) {
      if (i > 0) expect(at - (all[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    }
    for (const { ask } of questions) expect(all.filter((one) => one.ask === ask).length).toBeLessThanOrEqual(5);
  });
});

describe('whether a car is plugged in', () => {
  const known: Charger = { ...idle, firmware: '4.5.3.2', serialNumber: 'A' };
  const asks = (charger: Charger, allowed: boolean, reply?: Message) =>
    story(charger, 300_000, reply, createQuestionnaire(allowed)).filter(({ ask }) => ask === 'plugStateRequest');

  test('is never asked unless the owner wants it', () => {
    expect(asks(known, false)).toEqual([]);
  });

  test('is asked every 10 s of a charger that answers, and five times of one that does not', () => {
    const answer: Message = { name: 'plugStateResponse', sender: unit, plugState: 3 };
    const times = asks(known, true, answer).map(({ at }) => at);
    expect(new Set(times.slice(1).map((at, i) => at - (times[i] ?? 0)))).toEqual(new Set([10_000]));
    expect(asks(known, true)).toHaveLength(5);
    expect(asks({ ...known, version: 1 }, true)).toEqual([]);
  });
});

describe('a question that was answered', () => {
  const meter: Message = { name: 'meterResponseShort', sender: unit, energyCounter: 1, volts: [230, 0, 0] };
  const known = { ...idle, firmware: '4.5.3.2', serialNumber: 'A' };

  test('is asked for ever', () => {
    expect(story(known, 3_600_000, meter).length).toBeGreaterThan(100);
  });

  test.each([
    ['every 30 s of an idle charger', known, 30_000],
    ['every 5 s of one that charges', { ...known, charging: charging.charging, vin: { type: 'none' } } as const, 5_000],
  ])('is asked %s', (_, charger, pause) => {
    const times = story({ ...charger, meter: { volts: [230, 0, 0], phaseAmps: undefined, at: 2_000 } }, 300_000, meter)
      .filter(({ ask }) => ask === 'meterRequest')
      .map(({ at }) => at);
    expect(new Set(times.slice(1).map((at, i) => at - (times[i] ?? 0)))).toEqual(new Set([pause]));
  });
});

test('a question whose answer was lost comes again after a second, a few times, and then at its own pace', () => {
  const known: Charger = { ...charging, firmware: '4.5.3.2', serialNumber: 'A', vin: { type: 'none' } };
  const meter: Message = { name: 'meterResponseShort', sender: unit, energyCounter: 1, volts: [230, 0, 0] };
  const questionnaire = createQuestionnaire();
  story(known, 1_000, meter, questionnaire);
  const times = story(known, 60_000, undefined, questionnaire).map(({ at }) => at);
  const pauses = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  expect(pauses.slice(0, 4)).toEqual([1_000, 1_000, 1_000, 1_000]);
  expect(new Set(pauses.slice(4))).toEqual(new Set([5_000]));
});

test.each([1, 2, 3, 4, 5])('a VIN is known within 25 s although every tenth frame is lost (%i)', (seed) => {
  const random = randomness(seed);
  const names = ['1A2B', '3C4D', '5E6F'];
  const world = createWorld({
    slaves: names.map((name) => slave(name)),
    line: (bytes) => (random() < 0.1 ? bytes.slice(1) : bytes),
  });
  world.pass(25_000);
  for (const name of names) expect(world.value(`TWC/${name}/currentVehicleVIN`), name).toBe(tesla.vin);
});

test('a charger that comes back is asked again', () => {
  const questionnaire = createQuestionnaire();
  story(idle, 3_600_000, undefined, questionnaire);
  expect([...questionnaire.givenUp(unit)].sort()).toEqual(['meterRequest', 'serialRequest', 'versionRequest']);
  expect(questionnaire.next([idle], 3_600_000)).toBeUndefined();
  questionnaire.reopen(unit);
  expect(questionnaire.givenUp(unit)).toEqual([]);
  expect(questionnaire.next([idle], 3_600_000)).toBeDefined();
});

/** Everything asked of a charger for a time, every question answered by `reply` if that fits. */
function story(charger: Charger, until: number, reply?: Message, questionnaire: Questionnaire = createQuestionnaire()) {
  const asked: { ask: Ask; at: number }[] = [];
  for (let now = 0; now < until; ) {
    const next = questionnaire.next([charger], now);
    if (!next || next.at >= until) break;
    now = Math.max(now, next.at);
    questionnaire.asked(next.charger, next.question, now);
    asked.push({ ask: next.question.ask, at: now });
    if (reply && next.question.replies.includes(reply.name)) questionnaire.answered(unit, reply);
  }
  return asked;
}
