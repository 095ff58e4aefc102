// What can be in a house, and what can happen in it: the random part of unkind houses.

import fc from 'fast-check';

export const houseUnit = fc.record({
  version: fc.constantFrom(1 as const, 2 as const, 2 as const),
  ratedAmps: fc.constantFrom(32, 32, 80),
  /** What the car takes at most, none for no car at the start. */
  amps: fc.option(fc.integer({ min: 6, max: 40 }), { freq: 8 }),
  answersAfter: fc.integer({ min: 10, max: 150 }),
  meterFactor: fc.integer({ min: 92, max: 108 }).map((percent) => percent / 100),
  echoesLimit: fc.boolean(),
  silentRelay: fc.boolean(),
  /** What another master gave it until the bridge began, A, and for how many seconds it is not heard then. */
  left: fc.constantFrom(0, 0, 6, 16, 32),
  unheardFor: fc.constantFrom(0, 0, 0, 5, 15, 28),
});
export type HouseUnit = typeof houseUnit extends fc.Arbitrary<infer T> ? T : never;

/** Which of a unit's answers are lost on the way. */
export type Loss = 'none' | 'some' | 'answers' | 'all';

const moods = fc.record({
  type: fc.constant('mood'),
  mood: fc.constantFrom('full', 'asleep', 'asleep', undefined, undefined),
});
const happening = fc.oneof(
  { weight: 4, arbitrary: moods },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('loss'), loss: fc.constantFrom<Loss>('none', 'some', 'answers', 'all') }),
  },
  fc.record({ type: fc.constant('plug'), amps: fc.integer({ min: 6, max: 40 }) }),
  fc.record({ type: fc.constant('unplug') }),
  fc.record({ type: fc.constant('restart'), after: fc.constantFrom(300, 2_000, 15_000, 60_000) }),
  fc.record({
    type: fc.constant('rival'),
    seconds: fc.integer({ min: 2, max: 90 }),
    amps: fc.array(fc.constantFrom(0, 6, 16, 32), { minLength: 3, maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('power'), seconds: fc.integer({ min: 2, max: 120 }) }),
  fc.record({ type: fc.constant('cable'), seconds: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ type: fc.constant('limit'), amps: fc.constantFrom(0, 6, 10, 16, 32, 32) }),
  fc.record({ type: fc.constant('charging'), enabled: fc.boolean() }),
  fc.record({ type: fc.constant('circuit'), amps: fc.constantFrom(0, 3, 8, 16, 24, 32, 40) }),
);

/** Something that happens in one of the first so many seconds; `unit`: to which one, where it happens to a unit. */
export const disturbance = (seconds: number) =>
  fc.record({ at: fc.integer({ min: 5, max: seconds }), unit: fc.nat({ max: 2 }), what: happening });
export type Disturbance = ReturnType<typeof disturbance> extends fc.Arbitrary<infer T> ? T : never;
