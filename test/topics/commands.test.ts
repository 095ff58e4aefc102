// What may be asked over MQTT: read strictly, bounded by the configuration, never from a retained message.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import { chargerRange, type Limits } from '../../src/control/limits.ts';
import { commandNames, parseCommand } from '../../src/topics/commands.ts';
import { createWorld, id } from '../world.ts';
import { overviewOf } from './overview.ts';

const limits: Limits = { maxAmpsForSlaves: 40, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };
const known: Charger = { ...newCharger(id('1A2B'), 0), confirmed: true, ratedAmps: 32 };
const overview = overviewOf([known], limits);

function asked(name: string, payload: string, retained = false) {
  return parseCommand(name, payload, retained, overview);
}

test.each<[string, string, object]>([
  ['1A2B/set/limit', '16', { type: 'limit', charger: '1A2B', amps: 16 }],
  ['1A2B/set/limit', '16.0', { type: 'limit', charger: '1A2B', amps: 16 }],
  ['1A2B/set/limit', ' 16 ', { type: 'limit', charger: '1A2B', amps: 16 }],
  ['1A2B/set/limit', '10.94', { type: 'limit', charger: '1A2B', amps: 10 }],
  ['1A2B/set/limit', '6', { type: 'limit', charger: '1A2B', amps: 6 }],
  ['1A2B/set/limit', '5', { type: 'limit', charger: '1A2B', amps: 6 }],
  ['1A2B/set/limit', '0.4', { type: 'limit', charger: '1A2B', amps: 6 }],
  ['1A2B/set/limit', '0', { type: 'limit', charger: '1A2B', amps: 0 }],
  ['1A2B/set/limit', '0.0', { type: 'limit', charger: '1A2B', amps: 0 }],
  ['1A2B/set/limit', '-3.2', { type: 'limit', charger: '1A2B', amps: 0 }],
  ['1A2B/set/limit', '32', { type: 'limit', charger: '1A2B', amps: 32 }],
  ['1A2B/set/limit', '33', { type: 'limit', charger: '1A2B', amps: 32 }],
  ['1A2B/set/limit', '1000', { type: 'limit', charger: '1A2B', amps: 32 }],
  ['1A2B/set/charging', '1', { type: 'charging', charger: '1A2B', enabled: true }],
  ['1A2B/set/charging', 'true', { type: 'charging', charger: '1A2B', enabled: true }],
  ['1A2B/set/charging', 'ON', { type: 'charging', charger: '1A2B', enabled: true }],
  ['1A2B/set/charging', '0', { type: 'charging', charger: '1A2B', enabled: false }],
  ['1A2B/set/charging', 'False', { type: 'charging', charger: '1A2B', enabled: false }],
  ['1A2B/set/charging', 'off', { type: 'charging', charger: '1A2B', enabled: false }],
  ['control/maxAmps', '40', { type: 'circuit', amps: 40 }],
  ['control/maxAmps', '41', { type: 'circuit', amps: 40 }],
  ['control/maxAmps', '5', { type: 'circuit', amps: 5 }],
  ['control/maxAmps', '0', { type: 'circuit', amps: 0 }],
  ['control/maxAmps', '-3.2', { type: 'circuit', amps: 0 }],
  ['control/maxAmps', '12.7', { type: 'circuit', amps: 12 }],
  ['control/chargeNow', '20,3600', { type: 'chargeNow', amps: 20, seconds: 3_600 }],
  // As Home Assistant hands it on from evcc.
  ['1A2B/set/limit', '7.263768115942029', { type: 'limit', charger: '1A2B', amps: 7 }],
  ['1A2B/set/limit', '15.000000000000002', { type: 'limit', charger: '1A2B', amps: 15 }],
  ['control/chargeNow', '20.5, 90.5', { type: 'chargeNow', amps: 20, seconds: 90 }],
  ['control/chargeNow', '99,60', { type: 'chargeNow', amps: 40, seconds: 60 }],
  ['control/chargeNow', 'start', { type: 'chargeNow', amps: 40, seconds: 3_600 }],
  ['control/chargeNowAmps', '12.5', { type: 'prepareChargeNow', amps: 12 }],
  ['control/chargeNowMinutes', '90', { type: 'prepareChargeNow', minutes: 90 }],
  ['control/chargeNowEnd', 'now', { type: 'chargeNowEnd' }],
])('%s %j is a command', (name, payload, command) => {
  expect(asked(name, payload)).toMatchObject({ command });
});

describe('refused, with what was expected and where the value is that holds', () => {
  test.each<[string, string, string, string | undefined]>([
    ['1A2B/set/limit', '1e1', 'expected amperes from 6 to 32, or 0, got "1e1"', '1A2B/limit'],
    ['1A2B/set/limit', '0x10', 'expected amperes from 6 to 32, or 0, got "0x10"', '1A2B/limit'],
    ['1A2B/set/limit', '16A', 'expected amperes from 6 to 32, or 0, got "16A"', '1A2B/limit'],
    ['1A2B/set/limit', 'unknown', 'expected amperes from 6 to 32, or 0, got "unknown"', '1A2B/limit'],
    ['1A2B/set/charging', '2', 'expected 1 or 0, got "2"', '1A2B/charging'],
    ['control/maxAmps', 'unavailable', 'expected amperes from 0 to 40, got "unavailable"', 'circuitLimit'],
    ['control/maxAmps', '--5', 'expected amperes from 0 to 40, got "--5"', 'circuitLimit'],
    ['control/chargeNow', '20', 'expected AMPS,SECONDS with SECONDS from 1 to 86400, got "20"', undefined],
    ['control/chargeNow', '20,0', 'expected AMPS,SECONDS with SECONDS from 1 to 86400, got "20,0"', undefined],
    ['control/chargeNow', '20,86401', 'expected AMPS,SECONDS with SECONDS from 1 to 86400, got "20,86401"', undefined],
    ['control/chargeNow', '-5,60', 'expected AMPS,SECONDS with AMPS amperes from 6 to 40, got "-5,60"', undefined],
    ['control/chargeNow', '5,60', 'expected AMPS,SECONDS with AMPS amperes from 6 to 40, got "5,60"', undefined],
    ['3C4D/set/limit', '16', 'there is no charger 3C4D', '3C4D/limit'],
    ['FFFF/set/limit', '16', 'there is no charger FFFF', 'FFFF/limit'],
  ])('%s %j', (name, payload, why, shownAt) => {
    expect(asked(name, payload)).toEqual({ refusal: why, shownAt });
  });

  test('a retained message', () => {
    expect(asked('1A2B/set/limit', '16', true)).toMatchObject({ refusal: expect.stringContaining('retain') });
  });
});

test.each([
  ['1A2B/limit', '16'],
  ['1A2B/set/limit', ''],
  ['1A2B/set/toString', '1'],
  ['constructor', '1'],
  ['TWC/1A2B/set/limit', '16'],
  ['set/limit', '16'],
  ['', '16'],
])('%s %j is nothing that is asked of us', (name, payload) => {
  expect(asked(name, payload)).toBeUndefined();
});

test('whatever is asked, a command stays within the configuration', () => {
  const name = fc.constantFrom('1A2B/set/limit', '1A2B/set/charging', 'control/maxAmps', 'control/chargeNow');
  const payload = fc.oneof(
    fc.string(),
    fc.integer({ min: -10, max: 400 }).map(String),
    fc.double().map(String),
    fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100_000 })).map(([amps, seconds]) => `${amps},${seconds}`),
  );
  fc.assert(
    fc.property(name, payload, (topic, text) => {
      const answer = asked(topic, text);
      if (!answer || 'refusal' in answer || !('amps' in answer.command)) return;
      const { command } = answer;
      const { amps = Number.NaN } = command;
      const most = command.type === 'limit' ? limits.maxAmpsPerTWC : limits.maxAmpsForSlaves;
      const stops = command.type === 'limit' && amps === 0;
      const leaves = command.type === 'circuit' && amps >= 0 && amps < 6;
      expect(stops || leaves || (Number.isInteger(amps) && amps >= 6 && amps <= most)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, Partial<Charger>, Partial<Limits>, { min: number; max: number }]>([
  ['its wiring', {}, {}, { min: 6, max: 32 }],
  ['its hardware', { ratedAmps: 16.9 }, {}, { min: 6, max: 16 }],
  ['the circuit', {}, { maxAmpsForSlaves: 20 }, { min: 6, max: 20 }],
  ['the minimum, when its hardware has less', { ratedAmps: 8 }, { minAmpsPerTWC: 10 }, { min: 10, max: 10 }],
])('a charger can be set as far as %s goes', (_, charger, changed, range) => {
  expect(chargerRange({ ...known, ...charger }, { ...limits, ...changed })).toEqual(range);
});

test('every command topic is subscribed to', () => {
  const world = createWorld({ topicPrefix: 'home/TWC' });
  const subscribed = world.outputs.flatMap((output) => (output.type === 'subscribe' ? [output.topic] : []));
  for (const name of commandNames) expect(subscribed).toContain(`home/TWC/${name}`);
  expect(commandNames).toEqual([
    '+/set/limit',
    '+/set/charging',
    ...commandNames.filter((name) => /^control/.test(name)),
  ]);
});
