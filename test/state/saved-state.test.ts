// What survives a restart is believed only as far as it makes sense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../src/schema.ts';
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

test('a state is read as it was written', () => {
  expect(savedState.read(JSON.parse(JSON.stringify(state)))).toEqual({ value: state, problems: [] });
});

describe('of a charger', () => {
  test.each<[string, object, object]>([
    ['only the id is needed', { id: '1A2B' }, { id: '1A2B' }],
    ['what is of the wrong kind is left out', { id: '1A2B', version: 3, ratedAmps: '32' }, { id: '1A2B' }],
    ['a rating that no unit has is left out', { id: '1A2B', ratedAmps: -32 }, { id: '1A2B' }],
    [
      'an excess that is no error of a meter is left out',
      { id: '1A2B', excess: [{ limit: 6, amps: -1 }] },
      { id: '1A2B', excess: [] },
    ],
    ['amps that no unit holds are left out', { id: '1A2B', givenUpAt: 5, heldAmps: 81 }, { id: '1A2B', givenUpAt: 5 }],
    ['what is not understood is left out', { id: '1A2B', colour: 'red' }, { id: '1A2B' }],
  ])('%s', (_, given, kept) => {
    expect(savedState.read({ ...state, chargers: [given] }).value?.chargers).toEqual([kept]);
  });
});

test('a charger that is none does not take the others with it', () => {
  const { value, problems } = savedState.read({ ...state, chargers: [{ id: '1a2b' }, charger, 7] });
  expect(value?.chargers).toEqual([charger]);
  expect(problems.map(describeProblem)).toEqual([
    'chargers.1.id: expected four hex digits such as 1A2B, got "1a2b"',
    expect.stringMatching(/^chargers\.3: expected an object with id, .*, got 7$/),
  ]);
});

describe('a set point that cannot have been set is left out:', () => {
  test.each([
    [{ circuit: 1_000, chargers: {} }, { chargers: {} }],
    [
      { circuit: 20, chargers: { '1A2B': { limit: -6 } } },
      { circuit: 20, chargers: { '1A2B': {} } },
    ],
    [{ chargers: { Garage: { limit: 6 } } }, { chargers: {} }],
  ])('%j', (setPoints, kept) => {
    const { value, problems } = savedState.read({ ...state, setPoints });
    expect(value?.setPoints).toEqual(kept);
    expect(problems).toHaveLength(1);
  });
});

describe('refused, with what was expected,', () => {
  test.each<[string, unknown, string]>([
    ['another version', { ...state, version: 0 }, 'version: expected 1, got 0'],
    ['no version', {}, 'version: expected 1, got nothing'],
    ['a client id that could be anything', { ...state, clientId: 'a b' }, 'clientId: expected a name, got "a b"'],
    ['chargers that are no list', { ...state, chargers: {} }, 'chargers: expected a list, '],
    ['nothing', null, 'expected an object with version, '],
    ['a text', 'state', 'expected an object with version, '],
  ])('%s', (_, json, problem) => {
    const { value, problems } = savedState.read(json);
    expect(value).toBeUndefined();
    expect(problems.map(describeProblem).join('; ')).toContain(problem);
  });
});

test('any JSON is a state or a problem, and chargers have ids', () => {
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
      const { value, problems } = savedState.read(json);
      if (value === undefined) expect(problems.length).toBeGreaterThan(0);
      for (const { id } of value?.chargers ?? []) expect(id).toMatch(/^[0-9A-F]{4}$/);
    }),
  );
});
