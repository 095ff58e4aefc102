// The safety invariant in simulated time, kept by an account of its own: at every byte that is sent, the highest of what
// each unit reports, was last told and draws, all together, is within the circuit.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Slave } from '../src/simulator/slave.ts';
import { changed, createWorld, defaults, heartbeats, slave, switchable, tesla, type World } from './world.ts';

const names = ['1A2B', '3C4D', '5E6F'] as const;

/** A unit that came into being or came back holds what it holds: there is this long to make room for it. */
const GRACE = 5_000;
/**
 * A silent unit counts for this long: a little less than the 40 s of the bridge, who may have missed its last words. And so does
 * one to which nobody speaks: it has stopped its car by then.
 */
const COUNTED_FOR = 35_000;

/** When something was seen, and since when without a long break. */
function lasting(before: { at: number; since: number } | undefined, at: number): { at: number; since: number } {
  return { at, since: before && at - before.at <= COUNTED_FOR ? before.since : at };
}

/** The circuit as seen from outside: from the bytes on the bus and the true draws. */
function createAudit() {
  const reported = new Map<string, { limit: number; at: number; since: number }>();
  const told = new Map<string, number>();
  const spokenTo = new Map<string, { at: number; since: number }>();
  let read = 0;
  return {
    reports(name: string, limit: number, at: number) {
      reported.set(name, { limit, ...lasting(reported.get(name), at) });
    },
    told,
    /** The amps that may be in use; undefined while somebody has just appeared. */
    sum(world: World, slaves: readonly Slave[]): number | undefined {
      for (const { at, message } of world.said.slice(read)) {
        if (message.name === 'masterHeartbeatLimit') told.set(message.receiver, message.limitAmps);
        if (message.name !== 'masterHeartbeatLimit' && message.name !== 'masterHeartbeat') continue;
        spokenTo.set(message.receiver, lasting(spokenTo.get(message.receiver), at));
      }
      read = world.said.length;
      const now = world.now();
      const isCounted = (of: { at: number } | undefined) => of !== undefined && now - of.at <= COUNTED_FOR;
      const counted = slaves.filter(({ id }) => isCounted(reported.get(id)) && isCounted(spokenTo.get(id)));
      const isNew = ({ id }: Slave) => [reported, spokenTo].some((seen) => now - (seen.get(id)?.since ?? now) < GRACE);
      if (counted.some(isNew)) return undefined;
      return slaves.reduce((sum, one) => {
        const held = counted.includes(one) ? Math.max(told.get(one.id) ?? 0, reported.get(one.id)?.limit ?? 0) : 0;
        return sum + Math.max(held, one.amps(now));
      }, 0);
    },
  };
}

/** Watches what slaves report. */
function watched(one: Slave, audit: ReturnType<typeof createAudit>): Slave {
  return changed(one, {
    nextMessages(now) {
      const messages = one.nextMessages(now);
      for (const message of messages) {
        if (message.name === 'slaveHeartbeat') audit.reports(message.sender, message.limitAmps, now);
      }
      return messages;
    },
  });
}

const unit = fc.record({
  version: fc.constantFrom(1 as const, 2 as const),
  amps: fc.integer({ min: 6, max: 32 }),
  /** Seconds at which a car comes, goes, comes… */
  visits: fc.array(fc.integer({ min: 5, max: 900 }), { maxLength: 6 }),
  plugged: fc.boolean(),
  /** Longer than anybody waits for, too. */
  answersAfter: fc.integer({ min: 1, max: 400 }),
  /** Seconds at which the unit goes silent and comes back. */
  outages: fc.array(fc.integer({ min: 10, max: 1_200 }), { maxLength: 2 }),
});

const command = fc.record({
  at: fc.integer({ min: 1, max: 1_800 }),
  what: fc.oneof(
    fc.record({
      topic: fc.constantFrom(...names.map((name) => `TWC/${name}/set/limit`)),
      payload: fc.integer({ min: 0, max: 40 }).map(String),
    }),
    fc.record({
      topic: fc.constantFrom(...names.map((name) => `TWC/${name}/set/charging`)),
      payload: fc.constantFrom('0', '1'),
    }),
    fc.record({
      topic: fc.constant('TWC/control/chargeNow'),
      payload: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 600 })).map(String),
    }),
    // Deleted in Home Assistant: forgotten if it is not heard.
    fc.record({
      topic: fc.constantFrom(...names.map((name) => `homeassistant/device/twc_${name.toLowerCase()}_all/config`)),
      payload: fc.constant(''),
    }),
  ),
});

const troubles = fc.record({
  /** Seconds at which the bridge is killed and started again. */
  restarts: fc.array(fc.integer({ min: 20, max: 1_700 }), { maxLength: 3 }),
  /** The adapter gives back what it sends. */
  echo: fc.boolean(),
  /** Every so many readings from the bus a byte is wrong; 0 for never. */
  corruptEvery: fc.constantFrom(0, 7, 20),
});

/** Wrong bytes every now and then. */
function corrupting(every: number): (bytes: Uint8Array) => Uint8Array {
  let readings = 0;
  return (bytes) => {
    readings++;
    return every > 0 && readings % every === 0 ? bytes.with(readings % bytes.length, readings % 256) : bytes;
  };
}

/** Whether something that changes at these seconds is in its second state. */
function flips(seconds: readonly number[], now: number): boolean {
  let at = 0;
  let flipped = false;
  for (const gap of seconds) {
    at += gap * 1_000;
    if (at <= now) flipped = !flipped;
  }
  return flipped;
}

describe('the circuit is never promised twice', () => {
  test('with cars that come and go, units that vanish and return, and commands', () => {
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 1, maxLength: 3 }),
        fc.array(command, { maxLength: 12 }),
        fc.constantFrom(20, 32, 40),
        troubles,
        (units, commands, circuit, { restarts, echo, corruptEvery }) => {
          const audit = createAudit();
          const slaves = units.map((settings, i) =>
            switchable(
              watched(
                slave(names[i] ?? '', {
                  version: settings.version,
                  answersAfter: settings.answersAfter,
                  car: (now) =>
                    settings.plugged !== flips(settings.visits, now) ? { ...tesla, amps: settings.amps } : undefined,
                }),
                audit,
              ),
              () => !flips(settings.outages, clock.now),
            ),
          );
          const clock = { now: 0 };
          const world = createWorld({
            slaves,
            echo,
            line: corrupting(corruptEvery),
            limits: { maxAmpsForSlaves: circuit, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 },
            discovery: { ...defaults.discovery, mode: 'device' },
          });
          for (let second = 0; second < 1_800; second += 0.5) {
            clock.now = second * 1_000;
            for (const { at, what } of commands) {
              if (at === second) world.input({ type: 'message', ...what, retained: false });
            }
            if (restarts.includes(second)) world.restart();
            world.pass(500);
            expect(audit.sum(world, slaves) ?? 0).toBeLessThanOrEqual(circuit);
            for (const last of audit.told.values()) expect(last === 0 || (last >= 6 && last <= 32)).toBe(true);
          }
        },
      ),
      {
        numRuns: 8,
        endOnFailure: true,
        examples: [
          // An idle unit keeps what it was ordered before a restart, and another comes back and wants amps.
          [
            [
              { version: 1, amps: 6, visits: [], plugged: true, answersAfter: 1, outages: [10, 293] },
              { version: 1, amps: 6, visits: [5], plugged: true, answersAfter: 1, outages: [] },
            ],
            [{ at: 2, what: { topic: 'TWC/1A2B/set/limit', payload: '6' } }],
            20,
            { restarts: [49], echo: false, corruptEvery: 7 },
          ],
          // A unit that was given up and is heard again holds what it was told, although it waits.
          [
            [
              { version: 2, amps: 23, visits: [667, 746, 394], plugged: false, answersAfter: 238, outages: [] },
              { version: 2, amps: 7, visits: [81, 576], plugged: false, answersAfter: 375, outages: [258, 1123] },
            ],
            [
              { at: 716, what: { topic: 'TWC/control/chargeNow', payload: '32,572' } },
              { at: 372, what: { topic: 'TWC/control/chargeNow', payload: '23,415' } },
              { at: 804, what: { topic: 'TWC/3C4D/set/charging', payload: '1' } },
            ],
            20,
            { restarts: [243], echo: false, corruptEvery: 7 },
          ],
          // One that was given up still says what it had to say before it went: what it held, and others need.
          [
            [
              { version: 2, amps: 20, visits: [98, 501], plugged: true, answersAfter: 306, outages: [645, 548] },
              { version: 1, amps: 13, visits: [885, 570], plugged: false, answersAfter: 64, outages: [1_107] },
              { version: 2, amps: 28, visits: [102, 799, 699], plugged: true, answersAfter: 199, outages: [] },
            ],
            [],
            32,
            { restarts: [], echo: true, corruptEvery: 20 },
          ],
        ],
      },
    );
  }, 300_000);

  test('nobody is raised within 5 s of the change before', () => {
    const world = createWorld({ slaves: names.map((name) => slave(name, { car: () => ({ ...tesla, amps: 32 }) })) });
    world.pass(300_000);
    for (const name of names) {
      const limits = changes(world, name);
      for (const [i, { at, amps }] of limits.slice(1).entries()) {
        const before = limits[i];
        if (before && amps > before.amps) expect(at - before.at).toBeGreaterThanOrEqual(5_000);
      }
    }
  });
});

describe('the circuit is used', () => {
  const full = { ...tesla, amps: 32 };

  test('by one car alone', () => {
    const world = createWorld({
      slaves: [slave('1A2B', { car: () => full }), slave('3C4D', { car: () => undefined })],
    });
    world.pass(60_000);
    expect(Number(world.value('TWC/1A2B/ampsOffered'))).toBe(32);
  });

  test('by two cars that could each take all', () => {
    const world = createWorld({ slaves: [slave('1A2B', { car: () => full }), slave('3C4D', { car: () => full })] });
    world.pass(120_000);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('16');
    expect(world.value('TWC/3C4D/ampsOffered')).toBe('16');
  });

  test('by a car beside one that takes little: unused amps go to who can use them', () => {
    const world = createWorld({
      slaves: [slave('1A2B', { car: () => ({ ...tesla, amps: 8 }) }), slave('3C4D', { car: () => full })],
    });
    world.pass(240_000);
    expect(Number(world.value('TWC/all/totalAmpsInUse'))).toBeGreaterThanOrEqual(0.9 * 32 - 2 * 0.8 - 1);
    expect(Number(world.value('TWC/3C4D/ampsOffered'))).toBeGreaterThanOrEqual(22);
  });

  test('by a newcomer as soon as the other has given way', () => {
    let plugged = false;
    const world = createWorld({
      slaves: [slave('1A2B', { car: () => full }), slave('3C4D', { car: () => (plugged ? full : undefined) })],
    });
    world.pass(120_000);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('32');
    plugged = true;
    world.pass(30_000);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('16');
    expect(world.value('TWC/3C4D/ampsOffered')).toBe('16');
  });

  test('by a car that comes to one of two idle chargers, when the wiring of one is less than the circuit', () => {
    const world = createWorld({
      slaves: [
        slave('1A2B', { car: (now) => (now > 60_000 ? full : undefined) }),
        slave('3C4D', { car: () => undefined }),
      ],
      limits: { maxAmpsForSlaves: 32, maxAmpsPerTWC: 16, minAmpsPerTWC: 6 },
    });
    world.pass(75_000);
    expect(world.value('TWC/1A2B/ampsMax')).toBe('16');
    expect(world.value('TWC/1A2B/carsCharging')).toBe('1');
  });

  test('to nine tenths, whatever chargers and cars there are, two minutes after they came', () => {
    const someone = fc.record({
      version: fc.constantFrom(1 as const, 2 as const),
      amps: fc.integer({ min: 8, max: 32 }),
      /** Seconds; never for the last of them. */
      comes: fc.constantFrom(0, 30, 90, 1_000),
      stays: fc.boolean(),
    });
    const within = fc.record({ circuit: fc.integer({ min: 20, max: 60 }), wiring: fc.integer({ min: 10, max: 32 }) });
    fc.assert(
      fc.property(fc.array(someone, { minLength: 1, maxLength: 3 }), within, (all, { circuit, wiring }) => {
        const car = ({ amps, comes, stays }: (typeof all)[number], now: number) =>
          now >= comes * 1_000 && (stays || now < 100_000) ? { ...tesla, amps } : undefined;
        const world = createWorld({
          slaves: all.map((one, i) => slave(names[i] ?? '', { version: one.version, car: (now) => car(one, now) })),
          // Else 6 A are kept for each car that left: it may only sleep.
          askPlugState: true,
          limits: { maxAmpsForSlaves: circuit, maxAmpsPerTWC: wiring, minAmpsPerTWC: 6 },
        });
        world.pass(240_000);
        const staying = all.filter(({ stays, comes }) => stays && comes < 240);
        const wanted = staying.reduce((sum, { amps }) => sum + Math.min(amps, wiring), 0);
        const used = Number(world.value('TWC/all/totalAmpsInUse') ?? 0);
        // A car takes up to 0.8 A less than it may, and amperes are whole.
        expect(used + staying.length * 1.8).toBeGreaterThanOrEqual(0.9 * Math.min(circuit, wanted));
      }),
      { numRuns: 20, endOnFailure: true },
    );
  }, 300_000);

  test('by each of two version 1 units in turn when there is enough for one only', () => {
    const world = createWorld({
      slaves: ['1A2B', '3C4D'].map((name) => slave(name, { version: 1, car: () => full })),
      limits: { maxAmpsForSlaves: 10, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 },
    });
    world.pass(120_000);
    const waits = 'The car at 3C4D waits: the others have what the circuit allows';
    expect(world.bridge().findings.map(({ text }) => text)).toEqual([waits]);
    world.pass(2 * 3_600_000);
    for (const name of ['1A2B', '3C4D']) {
      const starts = changes(world, name).filter(({ amps }) => amps > 0);
      expect(starts.length).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('version 2 units', () => {
  test('that are plugged in together on a small circuit: the third waits, and nobody is over', () => {
    const audit = createAudit();
    const slaves = names.map((name) => watched(slave(name), audit));
    const world = createWorld({ slaves, limits: { maxAmpsForSlaves: 16, maxAmpsPerTWC: 16, minAmpsPerTWC: 6 } });
    for (let second = 0; second < 300; second++) {
      world.pass(1_000);
      expect(audit.sum(world, slaves) ?? 0).toBeLessThanOrEqual(16);
    }
    expect(Number(world.value('TWC/all/totalAmpsInUse'))).toBeGreaterThanOrEqual(2 * 5.2);
    expect(world.value('TWC/problem')).toContain('The circuit of 16 A is too small for all cars, which need 18 A');
  });

  test('that cannot be stopped are more than the circuit: said so, and the others are held at their lowest', () => {
    const world = createWorld({ slaves: names.map((name) => slave(name)) });
    world.pass(60_000);
    world.input({ type: 'message', topic: 'TWC/control/maxAmps', payload: '16', retained: false });
    world.pass(20_000);
    expect(world.value('TWC/problem')).toContain('The circuit of 16 A is too small: cars take 18 A');
    expect(names.map((name) => world.value(`TWC/${name}/ampsOffered`))).toEqual(['6', '6', '6']);
  });

  test('are lowered to 6 A by the switch, and get their share back', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '0', retained: false });
    world.pass(10_000);
    expect(world.value('TWC/1A2B/charging')).toBe('0');
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('6');
    expect(world.value('TWC/1A2B/carsCharging')).toBe('1');
    world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '1', retained: false });
    world.pass(20_000);
    expect(Number(world.value('TWC/1A2B/ampsOffered'))).toBeGreaterThan(6);
  });
});

describe('relays', () => {
  test('are worked only where the owner allows it, and not before the car has charged steadily for a minute', () => {
    for (const relay of [false, true]) {
      const world = createWorld({ slaves: [slave('1A2B')], relay });
      world.pass(30_000);
      world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '0', retained: false });
      world.pass(30_000);
      const orders = () => world.said.filter(({ message }) => /^(start|stop)Request$/.test(message.name));
      expect(orders()).toEqual([]);
      world.pass(120_000);
      expect(orders().map(({ message }) => message.name)).toEqual(relay ? ['stopRequest'] : []);
      expect(world.value('TWC/1A2B/carsCharging')).toBe(relay ? '0' : '1');
      world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '1', retained: false });
      world.pass(120_000);
      expect(orders().map(({ message }) => message.name)).toEqual(relay ? ['stopRequest', 'startRequest'] : []);
      expect(world.value('TWC/1A2B/carsCharging')).toBe('1');
    }
  });
});

test('a unit that appears with a high limit from an earlier master is lowered within half a second', () => {
  let there = false;
  const late = switchable(slave('3C4D'), () => there);
  const world = createWorld({
    slaves: [
      slave('1A2B', { car: () => ({ ...tesla, amps: 32 }) }),
      changed(late, {
        nextMessages: (now) =>
          late
            .nextMessages(now)
            .map((message) =>
              message.name === 'slaveHeartbeat' && heartbeats(world, '3C4D').length <= 2
                ? { ...message, limitAmps: 32, state: 1 }
                : message,
            ),
      }),
    ],
  });
  world.pass(60_000);
  there = true;
  world.pass(12_000);
  const [first, second] = heartbeats(world, '3C4D').filter(({ at }) => at > 60_000);
  const lowered = heartbeats(world, '3C4D').find(
    ({ message }) => message.name === 'masterHeartbeatLimit' && message.limitAmps < 32,
  );
  expect(first).toBeDefined();
  expect(second).toBeDefined();
  expect((lowered?.at ?? Number.POSITIVE_INFINITY) - (first?.at ?? 0)).toBeLessThan(500);
});

describe('a version 1 unit', () => {
  test('is stopped by 0 A in every heartbeat', () => {
    const world = createWorld({ slaves: [slave('1A2B', { version: 1 })] });
    world.pass(60_000);
    world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '0', retained: false });
    world.pass(20_000);
    expect(world.value('TWC/1A2B/carsCharging')).toBe('0');
    const last = heartbeats(world, '1A2B').slice(-5);
    expect(last.map(({ message }) => message)).toEqual(
      Array(5).fill(expect.objectContaining({ command: 5, limitAmps: 0 })),
    );
  });
});

describe('a unit that does not obey', () => {
  test('and ignores its limit is held at its lowest and named, and others have what it leaves', () => {
    const rebel = slave('1A2B');
    const world = createWorld({
      slaves: [
        changed(rebel, {
          nextMessages: (now) =>
            rebel
              .nextMessages(now)
              .map((message) => (message.name === 'slaveHeartbeat' ? { ...message, actualAmps: 25 } : message)),
        }),
        slave('3C4D'),
      ],
    });
    world.pass(60_000);
    expect(world.value('TWC/problem')).toContain('1A2B draws more than it may');
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('6');
    expect(world.value('TWC/3C4D/ampsOffered')).toBe('7');
  });

  test('and holds a high limit from an earlier master keeps the others from being raised', () => {
    const stubborn = slave('1A2B');
    const world = createWorld({
      slaves: [
        changed(stubborn, {
          nextMessages: (now) =>
            stubborn
              .nextMessages(now)
              .map((message) => (message.name === 'slaveHeartbeat' ? { ...message, limitAmps: 32 } : message)),
        }),
        slave('3C4D', { car: () => ({ ...tesla, amps: 32 }) }),
      ],
    });
    world.pass(120_000);
    expect(Number(world.value('TWC/3C4D/ampsOffered') ?? 0)).toBe(0);
    expect(world.value('TWC/problem')).toContain('1A2B does not follow its limit');
  });
});

describe('commands', () => {
  const send = (world: World, topic: string, payload: string, retained = false) =>
    world.input({ type: 'message', topic, payload, retained });

  test('a limit set over MQTT rides on the next heartbeats and is shown', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    send(world, 'TWC/1A2B/set/limit', '10');
    world.pass(8_000);
    expect(world.value('TWC/1A2B/limit')).toBe('10');
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('10');
    expect(world.value('TWC/1A2B/ampsMax')).toBe('10');
  });

  test.each([
    ['TWC/BEEF/set/limit', '10', 'there is no charger BEEF'],
    ['TWC/control/chargeNow', '10,0', 'expected AMPS,SECONDS'],
  ])('%s %s is refused', (topic, payload, why) => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    const offered = world.value('TWC/1A2B/ampsOffered');
    send(world, topic, payload);
    world.pass(10_000);
    expect(world.logs.filter((line) => line.includes(why))).toHaveLength(1);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe(offered);
    expect(world.value('TWC/1A2B/limit')).toBe('32');
  });

  test('a refused command has the accepted value published once more', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    const count = () => world.published.filter(({ topic }) => topic === 'TWC/1A2B/limit').length;
    const before = count();
    send(world, 'TWC/1A2B/set/limit', '99');
    expect(count()).toBe(before + 1);
  });

  test('retained and empty ones are no commands', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    send(world, 'TWC/1A2B/set/limit', '10', true);
    send(world, 'TWC/1A2B/set/limit', '');
    world.pass(10_000);
    expect(world.value('TWC/1A2B/limit')).toBe('32');
  });

  test('set points survive a restart', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(10_000);
    send(world, 'TWC/1A2B/set/limit', '10');
    send(world, 'TWC/control/maxAmps', '20');
    const saved = world.outputs.filter((output) => output.type === 'save').at(-1);
    const again = createWorld({ slaves: [slave('1A2B')], ...saved, savedChargers: saved?.chargers ?? [] });
    again.pass(30_000);
    expect(again.value('TWC/1A2B/limit')).toBe('10');
    expect(again.value('TWC/1A2B/ampsOffered')).toBe('10');
    expect(again.value('TWC/config/maxAmpsForSlaves')).toBe('20');
  });

  test('a house that has nothing left takes the circuit down to nothing, and gives it back', () => {
    const world = createWorld({ slaves: [slave('1A2B', { version: 1 }), slave('3C4D')] });
    world.pass(90_000);
    for (const left of ['4.5', '0', '-3']) {
      send(world, 'TWC/control/maxAmps', left);
      world.pass(20_000);
      expect(world.value('TWC/circuitLimit')).toBe(String(Math.max(0, Math.floor(Number(left)))));
      expect(world.value('TWC/1A2B/carsCharging')).toBe('0');
      expect(world.value('TWC/3C4D/ampsOffered')).toBe('6');
      expect(world.value('TWC/problem')).toContain('cars take 6 A that cannot be stopped over the bus');
    }
    send(world, 'TWC/control/maxAmps', '32');
    world.pass(90_000);
    expect(world.value('TWC/1A2B/carsCharging')).toBe('1');
    expect(Number(world.value('TWC/3C4D/ampsOffered'))).toBeGreaterThan(6);
    expect(world.value('TWC/problem')).toBe('none');
  });

  test('charge now overrides limits and switches for its time, then they hold again', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(60_000);
    send(world, 'TWC/1A2B/set/limit', '6');
    world.pass(10_000);
    send(world, 'TWC/control/chargeNow', '12,60');
    world.pass(20_000);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('12');
    expect(world.value('TWC/config/maxAmpsForSlaves')).toBe('12');
    world.pass(60_000);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('6');
    expect(world.value('TWC/config/maxAmpsForSlaves')).toBe('32');
  });

  test('without a renewal limits fall back to the safe amps', () => {
    const world = createWorld({ slaves: [slave('1A2B')], lease: { leaseSeconds: 120, safeAmps: 6 } });
    world.pass(60_000);
    send(world, 'TWC/1A2B/set/limit', '16');
    world.pass(100_000);
    expect(world.value('TWC/1A2B/limit')).toBe('16');
    expect(Number(world.value('TWC/control/leaseSeconds'))).toBeLessThanOrEqual(21);
    world.pass(40_000);
    expect(world.value('TWC/1A2B/limit')).toBe('6');
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('6');
  });

  test('no command is listened to in listen mode', () => {
    const world = createWorld({ mode: 'listen' });
    const topics = world.outputs.flatMap((output) => (output.type === 'subscribe' ? [output.topic] : []));
    expect(topics.filter((topic) => /^TWC\/.*(set|control)/.test(topic))).toEqual([]);
    expect(world.value('TWC/control/availability')).toBe('offline');
  });
});

/** What a unit was told, without repetitions. */
function changes(world: World, name: string): { readonly at: number; readonly amps: number }[] {
  const told = heartbeats(world, name).flatMap(({ at, message }) =>
    message.name === 'masterHeartbeatLimit' ? [{ at, amps: message.limitAmps }] : [],
  );
  return told.filter(({ amps }, i) => amps !== told[i - 1]?.amps);
}
