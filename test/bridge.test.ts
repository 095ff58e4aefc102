// The heart against simulated slaves in simulated time.

import { describe, expect, test } from 'vitest';
import type { Message } from '../src/protocol/messages.ts';
import { wire } from '../src/protocol/slip.ts';
import type { Bridge } from '../src/step.ts';
import { createWorld, heartbeats, id, largestGap, messageIn, own, slave, switchable, tesla } from './world.ts';

const none = () => undefined;

describe('the documented topics', () => {
  const world = createWorld({
    slaves: [
      slave('1A2B'),
      slave('3C4D', {
        volts: [238, 0, 0],
        car: () => ({ amps: 32, phases: 1, vin: '' }),
        counterIn: 'Wh',
        counter: 8_732_946,
      }),
      slave('5E6F', { version: 1, car: none }),
    ],
  });
  world.pass(40_000);
  const valuesOf = (charger: string) =>
    Object.fromEntries(
      [...new Set(world.published.map(({ topic }) => topic))]
        .filter((topic) => topic.startsWith(`TWC/${charger}/`))
        .sort()
        .map((topic) => [topic.slice(`TWC/${charger}/`.length), world.value(topic)]),
    );

  test('of a three-phase charger with a Tesla', () => {
    expect(valuesOf('1A2B')).toEqual({
      ampsInUse: '15.2',
      ampsMax: '16',
      ampsOffered: '16',
      ampsRated: '32',
      availability: 'online',
      carsCharging: '1',
      charging: '1',
      chargeStatus: 'C',
      chargerLoadInW: String(3 * 230 * 15.2),
      current: '15.2',
      currentPhaseA: '15.2',
      currentPhaseB: '15.2',
      currentPhaseC: '15.2',
      currentVehicleVIN: tesla.vin,
      energy: '924.04',
      firmware: '4.5.3.2',
      lastHeard: '2026-11-25T01:00:00+01:00',
      lastVehicle: 'unknown',
      lastVehicleVIN: '',
      lifetimekWh: '924',
      limit: '32',
      phases: '3',
      plug: 'plugged',
      power: '15.2',
      reportedLimit: '16',
      serialNumber: 'A18K0001A2B',
      sessionEnergy: '0.05',
      sessionSeconds: '0',
      sessionStart: '2026-11-25T01:00:01+01:00',
      state: '1',
      stateText: 'Plugged in and charging',
      status: 'Charging',
      vehicle: tesla.vin,
      voltagePhaseA: '230',
      voltagePhaseB: '230',
      voltagePhaseC: '230',
    });
  });

  test('of a single-phase charger that counts Wh, with a car that tells no VIN', () => {
    expect(valuesOf('3C4D')).toMatchObject({
      chargerLoadInW: String(Math.round(238 * 15.2)),
      currentVehicleVIN: '',
      lifetimekWh: '8732',
      voltagePhaseA: '238',
      voltagePhaseB: '0',
      voltagePhaseC: '0',
    });
  });

  test('of a version 1 unit, which has no meter: what is not known is not published', () => {
    expect(valuesOf('5E6F')).toEqual({
      ampsInUse: '0',
      ampsMax: '0',
      ampsOffered: '0',
      ampsRated: '32',
      availability: 'online',
      carsCharging: '0',
      charging: '1',
      chargeStatus: 'A',
      current: '0',
      currentVehicleVIN: '',
      lastHeard: '2026-11-25T01:00:00+01:00',
      lastVehicle: 'unknown',
      lastVehicleVIN: '',
      limit: '32',
      plug: 'unknown',
      power: '0',
      reportedLimit: '0',
      state: '0',
      stateText: 'Ready',
      status: 'Ready',
      vehicle: 'unknown',
    });
  });

  test('of all together', () => {
    expect(world.value('TWC/all/totalAmpsInUse')).toBe('30.4');
    expect(world.value('TWC/config/maxAmpsForSlaves')).toBe('32');
    expect(world.value('TWC/config/minAmpsPerTWC')).toBe('6');
    expect(world.value('TWC/status')).toBe('online');
    expect(world.value('TWC/problem')).toBe('none');
  });
});

describe('heartbeats', () => {
  test('go to three slaves never more than 2 s apart, whatever they answer', () => {
    const badVin = { amps: 16, phases: 3, vin: '5YJ3E1EA3KF000317' } as const;
    let killed = false;
    const mortal = switchable(slave('5E6F'), () => !killed);
    const world = createWorld({
      slaves: [slave('1A2B', { car: () => badVin }), slave('3C4D', { mute: true }), mortal],
    });
    world.pass(20_000);
    killed = true;
    world.pass(300_000);
    for (const name of ['1A2B', '3C4D', '5E6F']) {
      const times = heartbeats(world, name).map(({ at }) => at);
      expect(times.length).toBeGreaterThan(name === '5E6F' ? 20 : 200);
      expect(largestGap(times)).toBeLessThan(2_000);
    }
    expect(world.value('TWC/5E6F/availability')).toBe('offline');
    // A unit that is not heard gets no more, so that it stops its car.
    expect(Math.max(...heartbeats(world, '5E6F').map(({ at }) => at))).toBeLessThan(47_000);
    expect(world.value('TWC/1A2B/currentVehicleVIN')).toBe(badVin.vin);
  });

  test.each([1, 150, 250, 290, 299, 310, 450])('go out in time though every answer takes %i ms', (answersAfter) => {
    const world = createWorld({ slaves: ['1A2B', '3C4D', '5E6F'].map((name) => slave(name, { answersAfter })) });
    world.pass(120_000);
    for (const name of ['1A2B', '3C4D', '5E6F']) {
      const times = heartbeats(world, name).map(({ at }) => at);
      expect(times.length).toBeGreaterThan(60);
      expect(largestGap(times)).toBeLessThan(2_000);
    }
  });

  test('go to remembered chargers at once after a restart', () => {
    const world = createWorld({ slaves: [slave('1A2B')], savedChargers: [{ id: id('1A2B'), version: 2 }] });
    world.pass(1_200);
    expect(heartbeats(world, '1A2B').length).toBeGreaterThan(0);
    expect(world.value('TWC/1A2B/availability')).toBe('online');
  });

  test('have the length of the unit and its command', () => {
    const world = createWorld({ slaves: [slave('1A2B', { version: 1 }), slave('3C4D')] });
    world.pass(20_000);
    const limits = (name: string) =>
      heartbeats(world, name).filter(({ message }) => message.name === 'masterHeartbeatLimit');
    expect(limits('1A2B').map(({ bytes, message }) => [bytes.length, message])).toContainEqual([
      16,
      expect.objectContaining({ command: 0x05, limitAmps: 16 }),
    ]);
    expect(limits('3C4D').map(({ bytes, message }) => [bytes.length, message])).toContainEqual([
      18,
      expect.objectContaining({ command: 0x09, limitAmps: 16 }),
    ]);
  });
});

describe('questions', () => {
  test('a wrong check digit is asked about twice, then shown', () => {
    const world = createWorld({ slaves: [slave('1A2B', { car: () => ({ ...tesla, vin: '5YJ3E1EA3KF000317' }) })] });
    world.pass(600_000);
    expect(world.said.filter(({ message }) => message.name === 'vinRequest1')).toHaveLength(2);
    expect(world.value('TWC/1A2B/currentVehicleVIN')).toBe('5YJ3E1EA3KF000317');
  });

  test('empty VIN parts end the asking until the next car', () => {
    let plugged = true;
    const world = createWorld({
      slaves: [slave('1A2B', { car: () => (plugged ? { ...tesla, vin: '' } : undefined) })],
    });
    const asked = () => world.said.filter(({ message }) => message.name === 'vinRequest1').length;
    world.pass(60_000);
    const first = asked();
    world.pass(240_000);
    expect(asked()).toBe(first);
    plugged = false;
    world.pass(30_000);
    plugged = true;
    world.pass(60_000);
    expect(asked()).toBeGreaterThan(first);
  });

  test('end for a unit that answers none', () => {
    const world = createWorld({ slaves: [slave('1A2B', { mute: true })] });
    world.pass(3_600_000);
    const asked = world.said.filter(({ message }) => message.name.includes('Request'));
    expect(asked.length).toBeLessThanOrEqual(30);
  });

  test('are not put to version 1 units', () => {
    const world = createWorld({ slaves: [slave('1A2B', { version: 1 })] });
    world.pass(60_000);
    expect(world.said.filter(({ message }) => message.name.includes('Request'))).toEqual([]);
  });

  test('the car before is remembered when it has gone', () => {
    let plugged = true;
    const world = createWorld({ slaves: [slave('1A2B', { car: () => (plugged ? tesla : undefined) })] });
    world.pass(30_000);
    plugged = false;
    world.pass(10_000);
    expect(world.value('TWC/1A2B/currentVehicleVIN')).toBe('');
    expect(world.value('TWC/1A2B/lastVehicleVIN')).toBe(tesla.vin);
    expect(world.value('TWC/1A2B/carsCharging')).toBe('0');
  });
});

describe('who is on the bus', () => {
  test('a vanished charger goes offline after 26 s and draws nothing in the total', () => {
    let there = true;
    const world = createWorld({
      slaves: [switchable(slave('1A2B'), () => there), slave('3C4D', { car: none })],
    });
    world.pass(30_000);
    expect(Number(world.value('TWC/all/totalAmpsInUse'))).toBeGreaterThan(10);
    there = false;
    world.pass(24_000);
    expect(world.value('TWC/1A2B/availability')).toBe('online');
    world.pass(4_000);
    expect(world.value('TWC/1A2B/availability')).toBe('offline');
    expect(world.value('TWC/1A2B/carsCharging')).toBe('0');
    expect(world.value('TWC/1A2B/currentVehicleVIN')).toBe('');
    expect(world.value('TWC/all/totalAmpsInUse')).toBe('0');
    expect(world.value('TWC/3C4D/availability')).toBe('online');
    there = true;
    world.pass(2_000);
    expect(world.value('TWC/1A2B/availability')).toBe('online');
  });

  test('a fourth slave is refused and said so', () => {
    const world = createWorld({ slaves: ['1A2B', '3C4D', '5E6F', '7081'].map((name) => slave(name, { car: none })) });
    world.pass(30_000);
    expect(heartbeats(world, '7081')).toEqual([]);
    expect(world.value('TWC/problem')).toContain('More than 3 chargers');
    expect(world.logs.filter((line) => line.includes('7081: refused'))).toHaveLength(1);
  });

  test('a frame of another master silences us at once, and we speak again when it is gone', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(10_000);
    world.overhear({ name: 'masterLinkready1', sender: id('4242'), sign: '77' });
    const before = world.said.length;
    world.pass(14_900);
    expect(world.said.length).toBe(before);
    expect(world.value('TWC/problem')).toContain('4242');
    world.pass(5_000);
    expect(world.said.length).toBeGreaterThan(before);
    expect(world.value('TWC/problem')).toBe('none');
    expect(world.logs.filter((line) => /other master/.test(line))).toEqual([
      'warn problem: Another master speaks on the bus (4242): set its rotary switch to F, or stop the other program. Nothing is sent now',
      'info no other master is heard any more: we speak again',
    ]);
  });

  test('another master is forgotten in time where there is nobody else who says anything', () => {
    const world = createWorld();
    world.pass(10_000);
    world.overhear({ name: 'masterLinkready1', sender: id('4242'), sign: '77' });
    world.pass(14_900);
    expect(world.value('TWC/problem')).toContain('4242');
    world.pass(60_000);
    const problems = world.published.filter(({ topic }) => topic === 'TWC/problem');
    expect(problems.at(-1)).toMatchObject({ topic: 'TWC/problem', payload: 'none', at: 25_000 });
  });

  test('another master with our own id is another master', () => {
    const world = createWorld({ slaves: [slave('1A2B')] });
    world.pass(10_000);
    world.overhear({ name: 'masterLinkready1', sender: own, sign: '11' });
    const before = world.said.length;
    world.pass(10_000);
    expect(world.said.length).toBe(before);
  });

  test('an adapter that echoes is no other master', () => {
    const world = createWorld({ slaves: [slave('1A2B')], echo: true });
    world.pass(30_000);
    expect(world.value('TWC/problem')).toBe('none');
    expect(world.value('TWC/1A2B/carsCharging')).toBe('1');
    expect(world.logs.filter((line) => line.includes('The adapter returns what it sends'))).toHaveLength(1);
  });

  test('a slave with our id is asked to choose another', () => {
    const world = createWorld();
    world.pass(5_000);
    const before = world.said.length;
    world.overhear({ name: 'slaveLinkready', sender: own, sign: '52', maxAmps: 32 });
    world.pass(3_000);
    expect(world.said.slice(before).map(({ message }) => message.name)).toEqual([
      ...Array(5).fill('masterLinkready1'),
      ...Array(5).fill('masterLinkready2'),
    ]);
    world.pass(30_000);
    expect(world.value('TWC/problem')).toBe('none');
    expect(world.logs.filter((line) => line.includes('our id'))).toEqual([
      'warn problem: A charger has our id 7777: it is asked to choose another; if that does not help, set interface.id',
      'info no charger has our id 7777 any more',
    ]);
  });

  test('a frame that comes once only is no charger', () => {
    const world = createWorld();
    world.overhear({ name: 'slaveLinkready', sender: id('DEAD'), sign: '52', maxAmps: 32 });
    world.pass(60_000);
    expect(world.published.filter(({ topic }) => topic.includes('DEAD'))).toEqual([]);
  });
});

describe('listening beside a genuine master', () => {
  test('nothing is ever sent, and everything said becomes topics', () => {
    const world = createWorld({ mode: 'listen' });
    const master = id('035D');
    const unit = id('2433');
    for (let second = 0; second < 20; second++) {
      world.overhear({
        name: 'masterHeartbeatLimit',
        sender: master,
        receiver: unit,
        command: 9,
        limitAmps: 16,
        masterPluggedIn: true,
      });
      world.overhear({
        name: 'slaveHeartbeat',
        sender: unit,
        receiver: master,
        state: 1,
        limitAmps: 16,
        actualAmps: 15.62,
      });
      world.overhear({
        name: 'meterResponse',
        sender: master,
        energyCounter: 500,
        volts: [230, 0, 0],
        phaseAmps: [7.5, 0, 0],
      });
      world.overhear({ name: 'vinResponse1', sender: unit, vin: tesla.vin.slice(0, 7) });
      world.overhear({ name: 'vinResponse2', sender: unit, vin: tesla.vin.slice(7, 14) });
      world.overhear({ name: 'vinResponse3', sender: unit, vin: tesla.vin.slice(14) });
      world.pass(1_000);
    }
    expect(world.said).toEqual([]);
    expect(world.value('TWC/2433/ampsInUse')).toBe('15.62');
    expect(world.value('TWC/2433/ampsOffered')).toBe('16');
    expect(world.value('TWC/2433/currentVehicleVIN')).toBe(tesla.vin);
    expect(world.value('TWC/035D/ampsInUse')).toBe('7.5');
    expect(world.value('TWC/035D/chargerLoadInW')).toBe('1725');
    expect(world.value('TWC/035D/lifetimekWh')).toBe('500');
    expect(world.value('TWC/all/totalAmpsInUse')).toBe('23.12');
    expect(world.value('TWC/035D/status')).toBe('Charging');
  });

  test('the master tells of its own car, and what it tells others becomes words', () => {
    const world = createWorld({ mode: 'listen' });
    const [master, unit] = [id('035D'), id('2433')];
    // 035D to 2433: a rotary switch is in the wrong position, and the maximum currents differ. It cannot be encoded.
    const error = [0xfb, 0xe0, 0x03, 0x5d, 0x24, 0x33, 0x02, 0x05, 0, 0, 0, 0, 0, 0, 0, 0x9e];
    const passes = (seconds: number, { plugged = false, slave = true } = {}) => {
      const to = { sender: master, receiver: unit, masterPluggedIn: plugged };
      for (let second = 0; second < seconds; second++) {
        world.overhear({ name: 'masterHeartbeat', ...to, command: 0 });
        const answer = { sender: unit, receiver: master, state: 0, limitAmps: 0, actualAmps: 0 };
        if (slave) world.overhear({ name: 'slaveHeartbeat', ...answer });
        const meter = { sender: master, energyCounter: 500, phaseAmps: [0, 0, 0] } as const;
        world.overhear({ name: 'meterResponse', ...meter, volts: [230, 0, 0] });
        world.pass(1_000);
      }
    };
    const shown = () => ['status', 'plug', 'chargeStatus'].map((name) => world.value(`TWC/035D/${name}`));
    passes(20);
    expect(shown()).toEqual(['Ready', 'unplugged', 'A']);
    passes(5, { plugged: true });
    expect(shown()).toEqual(['Connected', 'plugged', 'B']);
    expect(world.value('TWC/problem')).toBe('none');
    world.input({ type: 'bytes', bytes: wire(Uint8Array.from(error)) });
    expect(world.value('TWC/problem')).toMatch(
      /^The master took 2433 out of service: a rotary switch is in the wrong position: put that right, then reset/,
    );
    passes(60, { slave: false });
    expect(world.value('TWC/problem')).toMatch(/^The master took 2433 out of service/);
    passes(10);
    expect(world.value('TWC/problem')).toBe('none');
    passes(40, { slave: false });
    expect(world.value('TWC/problem')).toMatch(/^2433 no longer answers: its master has lost it/);
    expect(world.said).toEqual([]);
  });
});

describe('an adapter that was away for a minute', () => {
  test.each([true, false])(
    'gets a known charger its heartbeat at once (known from before a restart: %s)',
    (isKnown) => {
      const savedChargers = isKnown ? [{ id: id('1A2B'), version: 2 as const }] : [];
      const world = createWorld({ slaves: [slave('1A2B')], savedChargers });
      world.pass(20_000);
      world.input({ type: 'link', up: false, reason: 'unplugged' });
      world.pass(60_000);
      const back = world.now();
      world.input({ type: 'link', up: true });
      world.pass(2_000);
      const heartbeats = world.said.filter(
        ({ at, message }) => at >= back && message.name.startsWith('masterHeartbeat'),
      );
      expect(heartbeats[0]?.at).toBeLessThan(back + 1_500);
    },
  );
});

describe('the end', () => {
  test('chargers are told 6 A before the bridge leaves, and it leaves within a second', () => {
    const world = createWorld({ slaves: [slave('1A2B'), slave('3C4D')] });
    world.pass(30_000);
    const before = world.said.length;
    world.input({ type: 'shutdown' });
    world.pass(1_000);
    expect(world.outputs.filter((output) => output.type === 'stopped')).toHaveLength(1);
    const farewell = world.said.slice(before).map(({ message }) => message);
    expect(farewell).toHaveLength(2);
    for (const receiver of ['1A2B', '3C4D']) {
      expect(farewell).toContainEqual(expect.objectContaining({ receiver, limitAmps: 6 }));
    }
    world.pass(10_000);
    expect(world.said.length).toBe(before + 2);
  });

  test('every charger is told within the rhythm of its heartbeats, whenever the bridge is ended', () => {
    for (let after = 30_000; after < 31_000; after += 90) {
      const slaves = ['1A2B', '3C4D', '5E6F'].map((name) => slave(name, { answersAfter: 150 }));
      const world = createWorld({ slaves });
      world.pass(after);
      world.input({ type: 'shutdown' });
      world.pass(1_500);
      for (const name of ['1A2B', '3C4D', '5E6F']) {
        const [before, last] = heartbeats(world, name).slice(-2);
        expect(last?.message).toMatchObject({ limitAmps: 6 });
        expect((last?.at ?? 0) - (before?.at ?? 0)).toBeLessThan(1_500);
      }
    }
  });

  test('without a link there is nobody to tell', () => {
    const world = createWorld({ link: false });
    world.input({ type: 'shutdown' });
    expect(world.outputs).toContainEqual({ type: 'stopped' });
  });
});

test.each([true, false])('frames are told when lines of the level debug are wanted, and only then: %s', (debug) => {
  const world = createWorld({ slaves: [slave('1A2B')], debug });
  world.pass(10_000);
  const lines = (start: string) => world.logs.filter((line) => line.startsWith(start)).length;
  for (const told of ['debug heard {"name":"slaveHeartbeat"', 'debug said {"name":"masterHeartbeat"', 'debug noise']) {
    expect(lines(told) > 0, told).toBe(debug);
  }
  expect(lines('info')).toBeGreaterThan(0);
});

test('a bridge whose step throws still has the frames that lower every charger', () => {
  let broken = false;
  const wallClock = (now: number) => {
    if (broken) throw new Error('the clock is gone');
    return now;
  };
  let bridge: Bridge | undefined;
  const watched = (made: Bridge) => {
    bridge = made;
    return made;
  };
  const world = createWorld({ slaves: [slave('1A2B'), slave('3C4D')], wallClock, watched });
  world.pass(60_000);
  broken = true;
  expect(() => world.pass(60_000)).toThrow('the clock is gone');
  const told: Message[] = [];
  let now = world.now();
  for (; now < world.now() + 1_000; now += 20) {
    const frame = bridge?.lastFrame(now);
    if (frame === 'done') break;
    if (frame) told.push(messageIn(frame));
  }
  expect(now).toBeLessThan(world.now() + 1_000);
  const limits = told.map((message) => 'limitAmps' in message && [message.receiver, message.limitAmps]);
  expect(limits.sort()).toEqual([
    ['1A2B', 6],
    ['3C4D', 6],
  ]);
});
