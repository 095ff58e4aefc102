// What survives a restart is believed only as far as it makes sense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { savedState } from '../../src/state/saved-state.ts';

const charger = {
  id: '1A2B',
  version: 2,
  ratedAmps: 32,
  serialNumber: 'A17I0001A2B',
  firmware: '4.5.3.2',
  lastVin: '',
};
const state = { version: 1, clientId: 'twc2mqtt-0a1b2c3d', port: '/dev/ttyUSB0', chargers: [charger] };

test('no file is no state', () => {
  expect(savedState(undefined)).toBeUndefined();
});

test('a state is read as it was written', () => {
  expect(savedState(JSON.parse(JSON.stringify(state)))).toMatchObject(state);
});

describe('of a charger', () => {
  test.each<[string, object, object]>([
    ['only the id is needed', { id: '1A2B' }, { id: '1A2B' }],
    ['what is of the wrong kind is left out', { id: '1A2B', version: 3, ratedAmps: '32' }, { id: '1A2B' }],
    ['what nobody knows is left out', { id: '1A2B', colour: 'red' }, { id: '1A2B' }],
  ])('%s', (_, given, kept) => {
    expect(savedState({ ...state, chargers: [given] })?.chargers).toEqual([kept]);
  });
});

describe('refused, with what was expected,', () => {
  test.each<[string, unknown, string]>([
    ['another version', { ...state, version: 2 }, 'version: expected 1, got 2'],
    ['no version', {}, 'version: expected 1, got undefined'],
    ['a client id that could be anything', { ...state, clientId: 'a b' }, 'clientId: expected a name'],
    ['no chargers', { ...state, chargers: undefined }, 'expected a port and chargers'],
    ['chargers that are no list', { ...state, chargers: {} }, 'expected a port and chargers'],
    ['a charger without an id', { ...state, chargers: [{}] }, 'charger: expected a TWCID, got undefined'],
    ['a charger with a strange id', { ...state, chargers: [{ id: '1a2b' }] }, 'charger: expected a TWCID, got "1a2b"'],
    ['a charger that is a number', { ...state, chargers: [7] }, 'expected an object, got 7'],
    ['nothing', null, 'expected an object, got null'],
    ['a text', 'state', 'expected an object, got "state"'],
  ])('%s', (_, json, problem) => {
    expect(() => savedState(json)).toThrow(problem);
  });
});

test('any JSON is a state or an error, and chargers have ids', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({
      version: fc.constant(1),
      clientId: fc.constant('x'),
      port: fc.constant(''),
      chargers: fc.array(fc.record({ id: fc.jsonValue(), ratedAmps: fc.jsonValue() })),
    }),
  );
  fc.assert(
    fc.property(anything, (json) => {
      try {
        for (const { id } of savedState(json)?.chargers ?? []) expect(id).toMatch(/^[0-9A-F]{4}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});
