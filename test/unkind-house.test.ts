// What goes wrong in real houses, in simulated time: lines that lose answers, meters that are off, cars that sleep and wake,
// other masters.

import { describe, expect, test } from 'vitest';
import type { Car, Slave } from '../src/simulator/slave.ts';
import { turns } from './unkind-turns.ts';
import {
  changed,
  createWorld,
  heartbeats,
  id,
  largestGap,
  limits,
  slave,
  switchable,
  tesla,
  type World,
} from './world.ts';

describe('in an unkind house', () => {
  const full = { ...tesla, amps: 32 };

  /** Two units with hungry cars on 20 A, of which one is not heard while it is lost. */
  function two(isLost: () => boolean) {
    const other = slave('1A2B', { car: () => full });
    const lossy = slave('3C4D', { car: () => full });
    const slaves = [other, mumbling(lossy, isLost)];
    return { other, lossy, world: createWorld({ slaves, limits: { ...limits, maxAmpsForSlaves: 20 } }) };
  }
  const offers = (world: World, name: string) =>
    heartbeats(world, name).flatMap(({ at, message }) =>
      message.name === 'masterHeartbeatLimit' ? [{ at, amps: message.limitAmps }] : [],
    );

  /** A unit whose answers are lost on the way while `lost` says so. */
  const mumbling = (one: Slave, lost: () => boolean) =>
    changed(one, { nextMessages: (now) => (lost() ? one.nextMessages(now) && [] : one.nextMessages(now)) });

  test('a unit that hears us but is not heard gets no more heartbeats, and its amps are free 40 s after the last', () => {
    let heard = true;
    const lossy = slave('3C4D', { car: () => full });
    const world = createWorld({
      slaves: [slave('1A2B', { car: () => full }), mumbling(lossy, () => !heard)],
    });
    world.pass(120_000);
    heard = false;
    world.pass(120_000);
    const last = Math.max(...heartbeats(world, '3C4D').map(({ at }) => at));
    expect(last).toBeGreaterThan(140_000);
    expect(last).toBeLessThan(147_000);
    const raised = offers(world, '1A2B').find(({ at, amps }) => at > 120_000 && amps > 16);
    expect(raised?.at).toBeGreaterThanOrEqual(last + 40_000);
    expect(lossy.amps(world.now())).toBe(0);
    expect(world.value('TWC/problem')).toContain('3C4D no longer answers');
  });

  test.each([
    [1, 0],
    [2, 6],
  ] as const)(
    'a unit of version %i that is heard again by one word is told the least, and there is room for that',
    (version, least) => {
      let lost = false;
      let answersLost = false;
      const other = slave('1A2B', { car: () => full });
      const lossy = slave('3C4D', { version, car: () => full });
      const unanswering = changed(lossy, {
        nextMessages: (now) => lossy.nextMessages(now).filter(({ name }) => !answersLost || name === 'slaveLinkready'),
      });
      const world = createWorld({
        slaves: [other, mumbling(unanswering, () => lost)],
        limits: { ...limits, maxAmpsForSlaves: 20 },
      });
      world.pass(120_000);
      lost = true;
      world.pass(180_000);
      expect(world.value('TWC/1A2B/ampsOffered')).toBe('20');
      answersLost = true;
      lost = false;
      world.pass(10_000);
      lost = true;
      for (let second = 0; second < 60; second++) {
        world.pass(1_000);
        expect(other.amps(world.now()) + lossy.amps(world.now())).toBeLessThanOrEqual(20);
      }
      const words = heartbeats(world, '3C4D').filter(({ at }) => at > 300_000);
      expect(words.length).toBeGreaterThan(10);
      expect(new Set(words.map(({ message }) => ('limitAmps' in message ? message.limitAmps : undefined)))).toEqual(
        new Set([least]),
      );
    },
  );

  test('two units that say hello at the same moment and do not answer do not keep a third waiting', () => {
    let lost = false;
    const away = ['3C4D', '5E6F'].map((name) => mumbling(slave(name), () => lost));
    const world = createWorld({ slaves: [slave('1A2B', { answersAfter: 150 }), ...away] });
    const hello = (name: string) =>
      world.overhear({ name: 'slaveLinkready', sender: id(name), sign: '77', maxAmps: 32 });
    world.pass(25_000);
    lost = true;
    world.pass(90_000);
    for (let time = 0; time < 25; time++) {
      // At another moment between two heartbeats each time.
      world.pass(20_020);
      hello('3C4D');
      world.pass(60);
      hello('5E6F');
    }
    expect(heartbeats(world, '5E6F').length).toBeGreaterThan(100);
    expect(largestGap(heartbeats(world, '1A2B').map(({ at }) => at))).toBeLessThan(1_400);
  });

  test('at the very first start nothing is raised before what another program gave has lapsed', () => {
    const unheard = slave('3C4D', { car: () => full });
    const order = {
      sender: id('035D'),
      receiver: id('3C4D'),
      masterPluggedIn: false,
      command: 9,
      limitAmps: 16,
    } as const;
    unheard.received({ name: 'masterHeartbeatLimit', ...order }, 0);
    const other = slave('1A2B', { car: () => full });
    const world = createWorld({
      slaves: [other, mumbling(unheard, () => world.now() < 25_000)],
      limits: { ...limits, maxAmpsForSlaves: 20 },
      formerMaster: true,
    });
    for (let second = 0; second < 60; second++) {
      world.pass(1_000);
      expect(other.amps(world.now()) + unheard.amps(world.now())).toBeLessThanOrEqual(20);
    }
    expect(Math.min(...offers(world, '1A2B').flatMap(({ at, amps }) => (amps > 6 ? [at] : [])))).toBeGreaterThan(
      30_000,
    );
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('10');
  });

  test('two units that come at the same moment do not keep a third waiting for its heartbeat', () => {
    for (let at = 20_000; at < 21_000; at += 20) {
      const late = (one: Slave, from: number) => switchable(one, () => world.now() >= from);
      const unit = (name: string) => slave(name, { version: 1, answersAfter: 150 });
      const world: World = createWorld({
        slaves: [slave('1A2B', { answersAfter: 150 }), late(unit('3C4D'), at), late(unit('5E6F'), at + 250)],
      });
      world.pass(25_000);
      expect(largestGap(heartbeats(world, '1A2B').map(({ at }) => at))).toBeLessThan(1_400);
      expect(heartbeats(world, '5E6F').length).toBeGreaterThan(2);
    }
  });

  test('a unit that was given up gets no chance from a restart, but room when it is heard', () => {
    let lost = false;
    const { world, other, lossy } = two(() => lost);
    world.pass(120_000);
    lost = true;
    world.pass(180_000);
    world.restart();
    world.pass(60_000);
    expect(heartbeats(world, '3C4D').filter(({ at }) => at > 200_000)).toEqual([]);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('20');
    lost = false;
    for (let second = 0; second < 60; second++) {
      world.pass(1_000);
      expect(other.amps(world.now()) + lossy.amps(world.now())).toBeLessThanOrEqual(20);
    }
    expect(lossy.amps(world.now())).toBeGreaterThan(5);
  });

  test('a unit that is heard again waits until what others were given just now may be taken back', () => {
    let lost = false;
    const { world, other, lossy } = two(() => lost);
    world.pass(120_000);
    lost = true;
    while (world.value('TWC/1A2B/ampsOffered') !== '20') world.pass(1_000);
    lost = false;
    for (let second = 0; second < 90; second++) {
      world.pass(1_000);
      expect(other.amps(world.now()) + lossy.amps(world.now())).toBeLessThanOrEqual(20);
    }
    expect(turns(world, '1A2B', 0)).toEqual([]);
    expect(lossy.amps(world.now())).toBeGreaterThan(5);
  });

  test('a unit of which only its first word is ever heard keeps what it may have of our heartbeats', () => {
    const unheard = slave('3C4D', { car: () => full });
    const other = slave('1A2B', { car: () => full });
    const announces = changed(unheard, {
      nextMessages: (now) => unheard.nextMessages(now).filter(({ name }) => now > 5_000 && name === 'slaveLinkready'),
    });
    const world = createWorld({ slaves: [other, announces], limits: { ...limits, maxAmpsForSlaves: 20 } });
    for (let second = 0; second < 300; second++) {
      world.pass(1_000);
      expect(other.amps(world.now()) + unheard.amps(world.now())).toBeLessThanOrEqual(20);
    }
    expect(turns(world, '1A2B', 0)).toEqual([]);
    expect(world.value('TWC/problem')).toContain('3C4D');
  });

  test('a unit that is heard again while its car still follows what it had is not thought to take too much', () => {
    const lossy = slave('1A2B', { car: () => full });
    let lost = false;
    let backAt = Number.NEGATIVE_INFINITY;
    const world: World = createWorld({
      slaves: [
        changed(lossy, {
          nextMessages: (now) =>
            lossy.nextMessages(now).flatMap((message) => {
              if (lost) return [];
              const follows = now - backAt < 8_000 && message.name === 'slaveHeartbeat';
              return [follows ? { ...message, actualAmps: 15.2 } : message];
            }),
        }),
      ],
      limits: { ...limits, maxAmpsForSlaves: 16 },
    });
    world.pass(60_000);
    lost = true;
    world.pass(40_000);
    lost = false;
    backAt = world.now();
    world.pass(120_000);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('16');
    expect(world.logs.filter((line) => line.includes('more than its limit'))).toEqual([]);
  });

  test('a unit that is told much by another master and then is not heard is told 6 A soon', () => {
    const lossy = slave('3C4D', { car: () => full });
    let lost = false;
    const unanswering = changed(lossy, {
      nextMessages: (now) => lossy.nextMessages(now).filter(({ name }) => !lost || name === 'slaveLinkready'),
    });
    const world = createWorld({ slaves: [slave('1A2B', { car: () => full }), unanswering] });
    world.pass(60_000);
    lost = true;
    const rival = { sender: id('035D'), receiver: id('3C4D'), masterPluggedIn: false } as const;
    const order = { name: 'masterHeartbeatLimit', ...rival, command: 9, limitAmps: 32 } as const;
    world.overhear(order);
    lossy.received(order, world.now());
    world.pass(15_000);
    expect(lossy.amps(world.now())).toBeGreaterThan(25);
    world.pass(15_000);
    expect(lossy.amps(world.now())).toBeLessThan(6);
  });

  test('a car that is full and falls asleep keeps its 6 A, though it tells its VIN no more', () => {
    let mood: Car = full;
    const sleeper = slave('3C4D', { car: () => mood });
    const other = slave('1A2B', { car: () => full });
    const world = createWorld({ slaves: [other, sleeper] });
    world.pass(120_000);
    mood = { ...full, mood: 'full' };
    world.pass(60_000);
    mood = { ...full, mood: 'asleep' };
    world.pass(600_000);
    expect(world.value('TWC/3C4D/state')).toBe('0');
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('26');
    mood = full;
    for (let second = 0; second < 120; second++) {
      world.pass(1_000);
      expect(other.amps(world.now()) + sleeper.amps(world.now())).toBeLessThanOrEqual(32);
    }
    expect(world.value('TWC/3C4D/ampsOffered')).toBe('16');
  });

  test.each([1, 2] as const)(
    'a car that comes home waits for no others that slept when the bridge was away, on version %i',
    (version) => {
      let mood: Car = full;
      let isHome = false;
      const sleepers = ['1A2B', '3C4D'].map((name) => slave(name, { car: () => mood }));
      const last = slave('5E6F', { version, car: () => (isHome ? full : undefined) });
      const world = createWorld({ slaves: [...sleepers, last] });
      world.pass(120_000);
      mood = { ...full, mood: 'asleep' };
      world.pass(120_000);
      world.restart(2_000);
      world.pass(60_000);
      isHome = true;
      world.pass(60_000);
      expect(last.amps(world.now())).toBeGreaterThan(16);
      mood = full;
      for (let second = 0; second < 60; second++) {
        world.pass(1_000);
        const amps = [...sleepers, last].map((one) => one.amps(world.now()));
        expect(amps.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(32);
      }
    },
  );

  test('a unit whose meter reads 8 % high beside one that may not charge keeps its limit', () => {
    const slaves = [
      slave('1A2B', { car: () => full, meterFactor: 1.08 }),
      slave('3C4D', { car: () => full, meterFactor: 1.05 }),
    ];
    const world = createWorld({ slaves });
    world.pass(60_000);
    world.input({ type: 'message', topic: 'TWC/3C4D/set/charging', payload: '0', retained: false });
    world.pass(240_000);
    expect(offers(world, '1A2B').filter(({ at }) => at > 150_000)).toEqual([]);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('24');
  });

  test('a car that draws a tenth more than its limit is held within it, without going back and forth', () => {
    const greedy = slave('1A2B', { car: () => full });
    const tooMuch = (amps: number) => (amps > 1 ? (amps + 0.8) * 1.1 : amps);
    const world = createWorld({
      slaves: [
        changed(greedy, {
          nextMessages: (now) =>
            greedy
              .nextMessages(now)
              .map((message) =>
                message.name === 'slaveHeartbeat' ? { ...message, actualAmps: tooMuch(message.actualAmps) } : message,
              ),
        }),
        slave('3C4D', { car: () => full }),
      ],
    });
    world.pass(180_000);
    const from = heartbeats(world, '1A2B').length;
    world.pass(600_000);
    const settled = offers(world, '1A2B').filter(({ at }) => at > 180_000);
    expect(from).toBeGreaterThan(100);
    expect(new Set(settled.map(({ amps }) => amps)).size).toBeLessThanOrEqual(2);
    expect(Number(world.value('TWC/1A2B/ampsInUse'))).toBeLessThanOrEqual(17);
    const used = Number(world.value('TWC/1A2B/ampsInUse')) + Number(world.value('TWC/3C4D/ampsOffered'));
    expect(used).toBeLessThanOrEqual(32);
    expect(used).toBeGreaterThanOrEqual(0.95 * 32);
  });

  test('two cars that take a fourteenth too much each are within the circuit soon after they are over it', () => {
    const greedy = { ...full, takes: 1.07 };
    const slaves = ['1A2B', '3C4D'].map((name) => slave(name, { version: 1, ratedAmps: 40, car: () => greedy }));
    const world = createWorld({ slaves, limits: { ...limits, maxAmpsForSlaves: 63 } });
    let secondsOver = 0;
    for (let second = 0; second < 600; second++) {
      world.pass(1_000);
      if (slaves.reduce((sum, one) => sum + one.amps(world.now()), 0) > 63) secondsOver++;
    }
    expect(secondsOver).toBeLessThanOrEqual(15);
    expect(Number(world.value('TWC/all/totalAmpsInUse'))).toBeGreaterThanOrEqual(0.95 * 63);
  });

  test('a meter that shows a quarter of an ampere without a load takes nothing from the others', () => {
    const idle = slave('3C4D', { car: () => undefined });
    const world = createWorld({
      slaves: [
        slave('1A2B', { car: () => full }),
        changed(idle, {
          nextMessages: (now) =>
            idle
              .nextMessages(now)
              .map((message) => (message.name === 'slaveHeartbeat' ? { ...message, actualAmps: 0.25 } : message)),
        }),
      ],
    });
    world.pass(60_000);
    expect(world.value('TWC/1A2B/ampsOffered')).toBe('32');
  });

  test('a car that stays below its limit is told it again about every ten seconds', () => {
    const world = createWorld({ slaves: [slave('1A2B', { car: () => ({ ...tesla, amps: 8 }) })] });
    world.pass(120_000);
    const repeated = offers(world, '1A2B').filter(({ at }) => at > 60_000);
    expect(repeated.length).toBeGreaterThanOrEqual(5);
    expect(repeated.length).toBeLessThanOrEqual(7);
    expect(new Set(repeated.map(({ amps }) => amps))).toEqual(new Set([32]));
  });

  test('a relay whose acknowledgement was lost is closed again', () => {
    const deaf = slave('1A2B');
    const acks = new Set(['startAck', 'stopAck']);
    const world = createWorld({
      slaves: [changed(deaf, { nextMessages: (now) => deaf.nextMessages(now).filter(({ name }) => !acks.has(name)) })],
      relay: true,
    });
    world.pass(120_000);
    world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '0', retained: false });
    world.pass(60_000);
    expect(world.value('TWC/1A2B/carsCharging')).toBe('0');
    world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '1', retained: false });
    world.pass(90_000);
    expect(world.value('TWC/1A2B/carsCharging')).toBe('1');
  });

  test('after another master nothing is raised before every charger was read again', () => {
    const world = createWorld({ slaves: [slave('1A2B', { car: () => full }), slave('3C4D', { car: () => full })] });
    world.pass(120_000);
    const rival = { name: 'masterHeartbeat', sender: id('035D'), receiver: id('1A2B'), command: 0 } as const;
    world.overhear({ ...rival, masterPluggedIn: false });
    world.pass(5_000);
    expect(world.value('TWC/1A2B/availability')).toBe('offline');
    world.pass(9_000);
    expect(heartbeats(world, '1A2B').filter(({ at }) => at > 120_000)).toEqual([]);
    world.pass(10_000);
    expect(world.value('TWC/1A2B/availability')).toBe('online');
    const first = heartbeats(world, '1A2B').find(({ at }) => at > 120_000);
    expect(first?.message.name).toBe('masterHeartbeat');
  });
});
