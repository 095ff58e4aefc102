// How the amps of the circuit are divided, and that no offer ever promises more than there is.

import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import { hasFloor, RESERVED_FOR, reservedAmps, V2_FLOOR } from '../../src/charger/commitment.ts';
import { allocate } from '../../src/control/allocation.ts';
import type { Limits } from '../../src/control/limits.ts';
import { headroom, nextOffer, whyWait } from '../../src/control/next-offer.ts';
import type { Sharing } from '../../src/control/sharing.ts';
import { sharingProblems } from '../../src/control/sharing-problems.ts';
import type { Target, Targets } from '../../src/control/targets.ts';
import { fleetOf, id } from '../world.ts';

const NOW = 100_000;
const names = ['1A2B', '3C4D', '5E6F'];

interface Given {
  readonly version?: 1 | 2;
  readonly ratedAmps?: number;
  readonly state?: number;
  /** The limit that it reports. */
  readonly limit?: number;
  readonly actual?: number;
  readonly ordered?: number;
  readonly orderedAt?: number;
  /** What it may still hold, if it has not answered the order. */
  readonly before?: number;
  readonly silentFor?: number;
  readonly unusedFor?: number;
  /** When it was last found to ignore its limit. */
  readonly ignoredFor?: number;
  /** How much more than a limit it was seen to draw. */
  readonly excess?: readonly [limit: number, amps: number];
  readonly loweredFor?: number;
  /** A car was seen that has not left since. */
  readonly seenCar?: boolean;
  /** The amperes of its wiring. */
  readonly maxAmps?: number;
  /** It has not told what it holds. */
  readonly unread?: boolean;
}

/** State 4: a car that could charge, and a limit of 0, which asks for one. */
const waiting: Given = { state: 4 };
const asleep: Given = { state: 0 };
const limits: Limits = { maxAmpsForSlaves: 32, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };

describe('shares', () => {
  test.each<[string, Partial<Limits>, Given[], number[]]>([
    ['one gets all', {}, [waiting], [32]],
    ['two get half each', {}, [waiting, waiting], [16, 16]],
    ['of three the first get what is left over, whole amperes', {}, [waiting, waiting, waiting], [11, 11, 10]],
    ['the wiring of one is a limit too', { maxAmpsPerTWC: 16 }, [waiting], [16]],
    ['what the hardware of one cannot use goes to others', {}, [{ ...waiting, ratedAmps: 13.9 }, waiting], [13, 19]],
    ['where there is not enough the last gets none', { maxAmpsForSlaves: 16 }, [waiting, waiting, waiting], [8, 8, 0]],
    ['and the last but one', { maxAmpsForSlaves: 16, minAmpsPerTWC: 10 }, [waiting, waiting, waiting], [16, 0, 0]],
    ['hardware below the minimum gets none', { minAmpsPerTWC: 10 }, [{ ...waiting, ratedAmps: 8 }, waiting], [0, 32]],
    ['who wants goes before who sleeps', {}, [asleep, waiting], [0, 32]],
    ['who sleeps gets its part where nobody wants', {}, [asleep, asleep], [16, 16]],
    [
      'who leaves its limit unused gets a little more than it takes',
      {},
      [{ state: 1, limit: 16, actual: 6.2, unusedFor: 30_000 }, waiting],
      [9, 23],
    ],
    [
      'a car that ignores its limit is held at its lowest, and what it draws is not given to others',
      {},
      [{ state: 1, limit: 16, actual: 20, ignoredFor: 1_000 }, waiting],
      [6, 12],
    ],
    [
      'a car that draws more than its limit is offered less by that much, and others lose nothing',
      {},
      [{ state: 1, limit: 16, actual: 17.6, ordered: 16, excess: [16, 1.6] }, waiting],
      [15, 15],
    ],
    [
      'several small excesses count by their sum',
      { maxAmpsForSlaves: 33 },
      Array(3).fill({ state: 1, limit: 11, actual: 11.9, ordered: 11, excess: [11, 0.9] }),
      [10, 10, 10],
    ],
    [
      'an excess stays within the wiring of the charger',
      { maxAmpsPerTWC: 16 },
      [{ state: 1, limit: 16, actual: 17.6, ordered: 16, excess: [16, 1.6] }],
      [14],
    ],
    ['a version 2 unit with a car that sleeps keeps 6 A', {}, [{ ...asleep, seenCar: true }, waiting], [6, 26]],
    [
      'a full car on a version 1 unit keeps little, also when it is offered nothing',
      {},
      [{ version: 1, state: 3, unusedFor: 30_000 }, waiting],
      [6, 26],
    ],
    ['the wiring of this charger is a limit too', {}, [{ ...waiting, maxAmps: 13 }, waiting], [13, 19]],
    ['a unit that only echoes the command has no car', {}, [{ state: 9 }, waiting], [0, 32]],
    [
      'a charger that is not heard any more keeps what it may hold',
      {},
      [{ silentFor: 26_000, before: 16 }, waiting],
      [16],
    ],
    [
      'who cannot be stopped goes first',
      { maxAmpsForSlaves: 10 },
      [waiting, { state: 1, limit: 10, actual: 9 }],
      [0, 10],
    ],
    [
      'who cannot be stopped has 6 A even where they are too many',
      { maxAmpsForSlaves: 6 },
      [
        { state: 1, limit: 6, actual: 5 },
        { state: 1, limit: 6, actual: 5 },
      ],
      [6, 6],
    ],
  ])('%s', (_, changed, chargers, amps) => {
    const given = { ...limits, ...changed };
    expect([...allocate(sharingOf(chargers.map(chargerOf), given), NOW).values()]).toEqual(amps);
  });

  test.each<[string, Given, Target, number]>([
    ['a limit that was set', waiting, { limit: 10, enabled: true }, 10],
    ['no car may charge', waiting, { limit: 32, enabled: false }, 0],
    ['no car may charge, and one does', { state: 1, limit: 16, actual: 15 }, { limit: 32, enabled: false }, V2_FLOOR],
    ['the same with version 1', { version: 1, state: 1, limit: 16, actual: 15 }, { limit: 32, enabled: false }, 0],
  ])('%s', (_, given, wish, amps) => {
    const charger = chargerOf(given, 0);
    const targets = { since: 0, circuit: 32, of: () => wish };
    expect(allocate({ ...sharingOf([charger]), targets }, NOW).get(charger.id)).toBe(amps);
  });

  test('the order changes every 15 minutes when there is not enough', () => {
    const two = [0, 1].map((i) => ({ ...chargerOf(waiting, i), heardAt: 10_000_000 }));
    const sharing = sharingOf(two, { ...limits, maxAmpsForSlaves: 10 });
    const at = (minutes: number) => [...allocate(sharing, minutes * 60_000).values()];
    expect([at(0), at(14), at(15), at(30)]).toEqual([
      [10, 0],
      [10, 0],
      [0, 10],
      [10, 0],
    ]);
  });

  test('are whole, within every limit, and together never more than the circuit but for what cannot be stopped', () => {
    fc.assert(
      fc.property(anyLimits(), anyChargers(), (given, chargers) => {
        const parts = [...allocate(sharingOf(chargers, given), NOW)];
        const floor = V2_FLOOR * chargers.filter(({ version }) => version !== 1).length;
        expect(sum(parts.map(([, amps]) => amps))).toBeLessThanOrEqual(Math.max(given.maxAmpsForSlaves, floor));
        for (const [charger, amps] of parts) {
          const known = chargers.find(({ id }) => id === charger);
          const unstoppable = known?.version !== 1 && amps === V2_FLOOR;
          expect(Number.isInteger(amps)).toBe(true);
          expect(amps).toBeLessThanOrEqual(Math.min(given.maxAmpsPerTWC, known?.ratedAmps ?? 80));
          expect(amps === 0 || unstoppable || amps >= given.minAmpsPerTWC).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what a charger is counted with', () => {
  test.each<[string, Given, number]>([
    ['the limit that it reports', { state: 1, limit: 16, actual: 9 }, 16],
    ['the limit that it was last ordered, when that is higher', { state: 1, limit: 10, ordered: 16 }, 16],
    ['its draw, when that is over its limit', { state: 1, limit: 6, actual: 13.1 }, 13.1],
    ['its draw, however little it is over its limit', { state: 1, limit: 16, actual: 16.4 }, 16.4],
    ['6 A while a car is known to sleep there', { ...asleep, seenCar: true }, 6],
    ['nothing while a version 1 unit has a car that sleeps', { ...asleep, version: 1, seenCar: true }, 0],
    ['nothing while its car waits for its first amps', waiting, 0],
    ['6 A for a version 2 unit with a car, which cannot be stopped', { state: 1, limit: 6, ordered: 0 }, 6],
    ['nothing for a version 1 unit that is offered 0', { version: 1, state: 3, ordered: 0 }, 0],
    ['nothing while no car is there', asleep, 0],
    ['what it was ordered, while no car is there', { state: 0, ordered: 16 }, 16],
    ['what it may still hold, until it has answered', { state: 0, ordered: 0, before: 20 }, 20],
  ])('%s', (_, given, amps) => {
    expect(reservedAmps(chargerOf(given, 0), NOW)).toBe(amps);
  });

  test('all that its hardware can, before its first heartbeat', () => {
    expect(reservedAmps(newCharger(id('1A2B'), NOW), NOW)).toBe(80);
    expect(reservedAmps({ ...newCharger(id('1A2B'), NOW), version: 1, mayHold: 32 }, NOW)).toBe(32);
  });
});

describe('the offer', () => {
  test.each<[string, Given, Given[], number | undefined]>([
    ['all of the circuit when alone', waiting, [], 32],
    ['what is left while another still holds its old limit', waiting, [{ state: 1, limit: 20, actual: 19 }], 12],
    ['nothing new while another holds all', waiting, [{ state: 1, limit: 32, actual: 31 }], undefined],
    [
      'what it was, while another holds the rest',
      { state: 1, limit: 10, actual: 9, ordered: 10 },
      [{ state: 1, limit: 22, actual: 21 }],
      10,
    ],
    [
      'less at once, when the sum is too high',
      { state: 1, limit: 32, actual: 31, ordered: 32, orderedAt: NOW - 1_000 },
      [{ state: 1, limit: 32, actual: 31 }],
      16,
    ],
    ['no raise so soon after the last order', { state: 1, limit: 6, ordered: 6, orderedAt: NOW - 4_999 }, [], 6],
    ['a raise 5 s after it', { state: 1, limit: 6, ordered: 6, orderedAt: NOW - 5_000 }, [], 32],
    ['none at first for one without a car: what it holds from before cannot be known', asleep, [], 0],
    ['then its part', { ...asleep, ordered: 0 }, [], 32],
    [
      'what is left while another may still hold more than it was ordered',
      waiting,
      [{ ...asleep, ordered: 0, before: 20 }],
      12,
    ],
    ['6 A for one with a sleeping car that tells nothing of what it holds', { ...asleep, seenCar: true }, [], 6],
    [
      '6 A instead of 0 A for a version 2 unit that answered 6 A',
      { state: 1, limit: 6, actual: 5, ordered: 0 },
      [{ state: 1, limit: 26, actual: 25 }],
      6,
    ],
    ['no raise while a charger has not told what it holds', waiting, [{ unread: true }], undefined],
    ['no raise so soon after it was lowered', { state: 1, limit: 6, ordered: 6, loweredFor: 19_999 }, [], 6],
    ['a raise 20 s after it', { state: 1, limit: 6, ordered: 6, loweredFor: 20_000 }, [], 32],
  ])('%s', (_, given, others, amps) => {
    const [charger, ...rest] = [given, ...others].map(chargerOf);
    if (!charger) throw new Error('no charger');
    expect(nextOffer(charger, sharingOf([charger, ...rest]), NOW)).toBe(amps);
  });

  test('nothing before its own first heartbeat, and no raise before that of the others or before its time', () => {
    const charger = chargerOf(waiting, 0);
    const stranger = newCharger(id('3C4D'), NOW);
    const offered = (to: Charger, all: readonly Charger[], raiseFrom: number) =>
      nextOffer(to, { ...sharingOf(all), raiseFrom }, NOW);
    expect(offered(stranger, [charger, stranger], 0)).toBeUndefined();
    expect(offered(charger, [charger, stranger], 0)).toBeUndefined();
    expect(offered(charger, [charger], NOW + 1)).toBeUndefined();
    expect(offered(charger, [charger], NOW)).toBe(32);
  });

  test('fits into the circuit without what all others may be using', () => {
    const all = [waiting, { state: 1, limit: 10, actual: 9 }, { ...asleep, seenCar: true }].map(chargerOf);
    const [charger] = all;
    if (!charger) throw new Error('no charger');
    expect(headroom(charger, sharingOf(all), NOW)).toBe(32 - 10 - 6);
  });

  test('that must wait has a reason', () => {
    const charger = chargerOf({ state: 1, limit: 6, ordered: 6, loweredFor: 4_000, orderedAt: NOW - 4_000 }, 0);
    const sharing = sharingOf([charger]);
    expect(whyWait(charger, { ...sharing, raiseFrom: NOW + 1 }, NOW)).toBe('not every charger has been heard yet');
    expect(whyWait(charger, sharing, NOW)).toBe('its last change is too recent');
    expect(whyWait(charger, sharing, NOW + 2_000)).toBe('it was lowered a short while ago');
    expect(whyWait(charger, sharing, NOW + 16_000)).toBeUndefined();
  });

  test('is whole, within every limit, and a raise fits beside what all others report, were told and draw', () => {
    fc.assert(
      fc.property(anyLimits(), anyChargers(), (given, chargers) => {
        for (const charger of chargers) {
          const amps = nextOffer(charger, sharingOf(chargers, given), NOW);
          const before = charger.offer?.amps;
          if (amps === undefined || amps === before) continue;
          expect(amps === 0 || (Number.isInteger(amps) && amps >= V2_FLOOR)).toBe(true);
          expect(amps).toBeLessThanOrEqual(Math.min(given.maxAmpsPerTWC, charger.ratedAmps ?? 80));
          const takesAnyway = amps === V2_FLOOR && hasFloor(charger, NOW);
          if (takesAnyway || amps <= Math.max(before ?? 0, charger.heartbeat?.limitAmps ?? 0)) continue;
          const others = chargers.filter((other) => other !== charger && NOW - (other.heardAt ?? 0) < RESERVED_FOR);
          expect(sum(others.map(inForce)) + amps).toBeLessThanOrEqual(given.maxAmpsForSlaves);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what orders cannot put right is said', () => {
  test.each<[string, Given[], string[]]>([
    ['nothing while all is well', [{ state: 1, limit: 16, actual: 15 }, waiting], []],
    [
      'more cars than a small circuit can carry',
      Array(3).fill({ state: 1, limit: 6, actual: 5 }),
      ['The circuit of 16 A is too small: cars take 18 A that cannot be stopped over the bus'],
    ],
    [
      'a charger that draws far more than it may',
      [{ state: 1, limit: 6, actual: 9, ignoredFor: 0 }],
      ['1A2B draws more than it may: it is held at its lowest'],
    ],
    [
      'a charger that does not follow its limit',
      [{ state: 1, limit: 16, actual: 15, ordered: 6, orderedAt: NOW - 30_000 }],
      ['1A2B does not follow its limit'],
    ],
  ])('%s', (_, chargers, troubles) => {
    const small = { ...limits, maxAmpsForSlaves: 16 };
    expect(sharingProblems(sharingOf(chargers.map(chargerOf), small), NOW)).toEqual(troubles);
  });

  test.each<[string, Given, string]>([
    ['its hardware', { ratedAmps: 8 }, '1A2B never charges: config.minAmpsPerTWC is 10 A, and its hardware allows 8 A'],
    ['its wiring', { maxAmps: 8 }, '1A2B never charges: config.minAmpsPerTWC is 10 A, and its wiring 8 A'],
  ])('a minimum above %s', (_, given, problem) => {
    const sharing = sharingOf([chargerOf({ ...waiting, ...given }, 0)], { ...limits, minAmpsPerTWC: 10 });
    expect(sharingProblems(sharing, NOW)).toEqual([problem]);
  });
});

function chargerOf(given: Given, i: number): Charger {
  const { version = 2, state = 0, limit = 0, actual = 0, silentFor = 0, excess } = given;
  const since = (duration: number | undefined) => (duration === undefined ? undefined : NOW - duration);
  const fresh = newCharger(id(names[i] ?? '7081'), 0, given.maxAmps === undefined ? {} : { maxAmps: given.maxAmps });
  const heardAt = NOW - silentFor;
  const online = silentFor < 26_000;
  const known: Charger = {
    ...fresh,
    version,
    heardAt,
    online,
    confirmed: true,
    mayHold: given.unread ? 80 : given.before,
    draw: { ...fresh.draw, unusedSince: since(given.unusedFor), ignoredAt: since(given.ignoredFor) },
    excess: excess ? { ...fresh.excess, byLimit: new Map([excess]) } : fresh.excess,
    plugged: { ...fresh.plugged, carAt: given.seenCar ? NOW : undefined },
    ...(given.ratedAmps !== undefined && { ratedAmps: given.ratedAmps }),
    ...(online && !given.unread && { heartbeat: { state, limitAmps: limit, actualAmps: actual, at: heardAt } }),
  };
  if (given.ordered === undefined) return known;
  const at = given.orderedAt ?? 0;
  const lowered = given.loweredFor === undefined ? undefined : { from: 32, at: NOW - given.loweredFor };
  return { ...known, offer: { amps: given.ordered, at, sentAt: at, lowered, raisedAt: undefined } };
}

function sharingOf(chargers: readonly Charger[], given: Limits = limits): Sharing {
  return { fleet: fleetOf(...chargers), limits: given, targets: targetsOf(given), raiseFrom: 0 };
}

/** All that the configuration allows is wanted. */
function targetsOf({ maxAmpsForSlaves, maxAmpsPerTWC }: Limits): Targets {
  return { since: 0, circuit: maxAmpsForSlaves, of: () => ({ limit: maxAmpsPerTWC, enabled: true }) };
}

/** What a unit without a load reports is no draw. */
const NO_LOAD = 0.25;

function inForce({ heartbeat, offer, mayHold }: Charger): number {
  const { limitAmps = 0, actualAmps = 0 } = heartbeat ?? {};
  return Math.max(limitAmps, offer?.amps ?? 0, mayHold ?? 0, actualAmps > NO_LOAD ? actualAmps : 0);
}

function anyLimits(): Arbitrary<Limits> {
  return fc
    .record({
      maxAmpsForSlaves: fc.integer({ min: 6, max: 100 }),
      maxAmpsPerTWC: fc.integer({ min: 6, max: 80 }),
      minAmpsPerTWC: fc.integer({ min: 6, max: 20 }),
    })
    .map((some) => ({
      ...some,
      minAmpsPerTWC: Math.min(some.minAmpsPerTWC, some.maxAmpsPerTWC, some.maxAmpsForSlaves),
    }));
}

function anyChargers(): Arbitrary<Charger[]> {
  const amps = fc.oneof(fc.constant(0), fc.integer({ min: 6, max: 80 }));
  const duration = fc.constantFrom(undefined, 0, 10_000, 30_000);
  const given = fc.record(
    {
      version: fc.constantFrom<(1 | 2)[]>(1, 2),
      ratedAmps: fc.constantFrom(20, 32, 80),
      state: fc.constantFrom(0, 1, 3, 4, 8, 9),
      limit: fc.oneof(amps, fc.constantFrom(6.5, 19.84)),
      actual: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 8_000 }).map((n) => n / 100),
      ),
      ordered: amps,
      silentFor: fc.constantFrom(0, 20_000, RESERVED_FOR - 1, RESERVED_FOR),
      unusedFor: duration,
      ignoredFor: fc.constantFrom(undefined, 0, 30_000),
      seenCar: fc.boolean(),
      unread: fc.boolean(),
    },
    { requiredKeys: ['version', 'state'] },
  );
  return fc.array(given, { minLength: 1, maxLength: 3 }).map((all) => all.map((one, i) => chargerOf(one as Given, i)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
