// When a session begins and ends, by what a charger tells, and by which clock.

import { describe, expect, test } from 'vitest';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import { type Energy, noEnergy, withCounter, withPower } from '../../src/charger/energy.ts';
import { fromSavedEnergy, toSavedEnergy, withSnapshot } from '../../src/charger/energy-snapshot.ts';
import { loadWatts } from '../../src/charger/load.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import type { SavedSessions } from '../../src/session/saved.ts';
import { SessionTracker } from '../../src/session/tracker.ts';
import { fleetOf, id } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BERLIN = 'Europe/Berlin';
/** So often a counter is read that is told: another one is believed after five. */
const READINGS = 6;
const unit: Charger = { ...newCharger(id('1A2B'), 0), version: 2, online: true, confirmed: true };

/** What the charger tells, by what the car does. */
const tells = {
  ready: saying(0, 0),
  waits: saying(4, 0),
  doesNotCharge: saying(3, 0),
  isUnknown: saying(2, 0),
  charges: { ...saying(1, 16, 16), charging: { on: true, since: 0, below: undefined } },
} as const satisfies Record<string, Partial<Charger>>;

function saying(state: number, limitAmps: number, actualAmps = 0): Partial<Charger> {
  return { heartbeat: { state, limitAmps, actualAmps, at: 0 } };
}

/** What the charger tells, and what its meter counts. */
type What = Partial<Charger> & { readonly counter?: number; readonly unit?: 'kWh' | 'Wh' };

const meter = (counter: number, unit: 'kWh' | 'Wh' = 'Wh'): What => ({
  meter: { volts: [230, 230, 230], phaseAmps: [16, 16, 16], lastCurrents: [16, 16, 16], at: 0 },
  counter,
  unit,
});
const vin = (text: string): Partial<Charger> => ({ vin: { type: 'known', text, verified: true } });
const offered: Partial<Charger> = { offer: { amps: 16, at: 0, sentAt: 0, lowered: undefined, raisedAt: undefined } };

interface Told {
  readonly sessions: SessionTracker;
  readonly records: SessionRecord[];
  now: number;
  /** For so long the charger tells this every second. */
  tell(what: What, milliseconds: number): void;
  readonly energy: Energy;
  /** Nothing is heard. */
  silence(milliseconds: number): void;
}

interface Around {
  readonly wallClock?: (now: number) => number;
  readonly zone?: string;
  readonly sessions?: readonly SavedSessions[];
  readonly from?: number;
  readonly energy?: Energy;
}

const noon = Date.parse('2026-11-25T12:00:00Z');

function begin(around: Around = {}): Told {
  const { wallClock = (now) => noon + now, zone = BERLIN, sessions = [], from = 0 } = around;
  const tracker = new SessionTracker({ sessions, wallClock, zone }, from);
  let energy = around.energy ?? noEnergy;
  let wasOn = false;
  const told: Told = {
    sessions: tracker,
    records: [],
    now: from,
    get energy() {
      return energy;
    },
    tell({ counter, unit: counterIn = 'Wh', ...what }, milliseconds) {
      const readUntil = told.now + READINGS * SECOND;
      for (const end = told.now + milliseconds; told.now < end; ) {
        told.now += SECOND;
        const charger: Charger = { ...unit, heardAt: told.now, ...what, energy };
        const counted =
          counter === undefined || told.now > readUntil ? energy : withCounter(energy, counter, told.now, counterIn);
        energy = withSnapshot(
          withPower(counted, loadWatts(charger), told.now),
          wasOn !== charger.charging.on,
          told.now,
        );
        wasOn = charger.charging.on;
        told.records.push(...tracker.advance(fleetOf({ ...charger, energy }), told.now));
      }
    },
    silence(milliseconds) {
      told.now += milliseconds;
      energy = withSnapshot(withPower(energy, 0, told.now), wasOn, told.now);
      wasOn = false;
      told.records.push(...tracker.advance(fleetOf({ ...unit, online: false, heardAt: 0, energy }), told.now));
    },
  };
  return told;
}

describe('a session begins', () => {
  test.each([
    ['when a car waits for its amps', tells.waits, true],
    ['when a car charges', tells.charges, true],
    ['not while nobody knows whether there is a car', tells.ready, false],
    ['not when a full car wakes up', tells.doesNotCharge, false],
    ['not in a state that says nothing', tells.isUnknown, false],
  ])('%s', (_, what, begins) => {
    const told = begin();
    told.tell(what, MINUTE);
    expect(told.sessions.shown.size).toBe(begins ? 1 : 0);
  });

  test('at plug-in, though it was not clear at first that the car would charge', () => {
    const told = begin();
    told.tell(tells.doesNotCharge, MINUTE);
    told.tell(tells.charges, MINUTE);
    expect(told.sessions.shown.get(unit.id)?.start).toBe('2026-11-25T13:00:01+01:00');
  });

  test('and a car that is full and wakes up does not take away what is shown of its charge', () => {
    const told = begin();
    told.tell({ ...tells.charges, ...meter(1_000_000) }, HOUR);
    told.tell({ ...tells.ready, ...offered }, HOUR);
    const shown = told.sessions.shown.get(unit.id);
    told.tell(tells.doesNotCharge, 5 * MINUTE);
    told.tell(tells.ready, HOUR);
    expect(told.sessions.shown.get(unit.id)).toBe(shown);
    expect(told.records).toHaveLength(1);
  });
});

describe('a session ends', () => {
  const charged = () => {
    const told = begin();
    told.tell(tells.charges, HOUR);
    return told;
  };

  test('a minute after the charger takes no limit any more, as of then', () => {
    const told = charged();
    told.tell({ ...tells.ready, ...offered }, 59 * SECOND);
    expect(told.records).toEqual([]);
    told.tell({ ...tells.ready, ...offered }, SECOND);
    expect(told.records).toMatchObject([{ end: '2026-11-25T14:00:00+01:00', seconds: 3_599 }]);
  });

  test.each<[string, (told: Told, time: number) => void]>([
    ['in error', (told, time) => told.tell(tells.isUnknown, time)],
    ['ready and never offered anything', (told, time) => told.tell(tells.ready, time)],
    ['silent', (told, time) => told.silence(time)],
  ])('after ten minutes of a charger that is %s', (_, happens) => {
    const told = charged();
    happens(told, 10 * MINUTE - SECOND);
    expect(told.records).toEqual([]);
    happens(told, SECOND);
    expect(told.records).toMatchObject([{ end: '2026-11-25T14:00:00+01:00' }]);
  });

  test('at once when the charger answers that nothing is plugged in', () => {
    const told = charged();
    told.tell({ ...tells.ready, plugged: { answer: { state: 0, at: told.now }, carAt: undefined } }, SECOND);
    expect(told.records).toMatchObject([{ end: '2026-11-25T14:00:00+01:00' }]);
  });

  test('not while the car is plugged in, for days', () => {
    const told = charged();
    told.tell(tells.doesNotCharge, 48 * HOUR);
    expect(told.records).toEqual([]);
    expect(told.sessions.shown.get(unit.id)?.seconds).toBe(49 * 3_600 - 60);
  });

  test('not by a pause: what goes on within ten minutes is one session', () => {
    const told = charged();
    told.silence(9 * MINUTE);
    told.tell(tells.charges, HOUR);
    told.silence(10 * MINUTE);
    expect(told.records).toMatchObject([{ seconds: 2 * 3_600 + 9 * 60 - 1 }]);
  });

  test('when the charger is not on the bus any more', () => {
    const told = charged();
    for (const minutes of [5, 10, 15]) told.records.push(...told.sessions.advance(fleetOf(), HOUR + minutes * MINUTE));
    expect(told.records).toHaveLength(1);
  });

  test('and chargers that are gone are forgotten when there were many', () => {
    const told = begin();
    for (let i = 0; i < 100; i++) {
      const one = { ...unit, ...tells.charges, id: id(String(1_000 + i)), heardAt: i * HOUR };
      told.records.push(...told.sessions.advance(fleetOf(one), i * HOUR));
    }
    expect(told.records.length).toBeGreaterThan(95);
    expect(told.sessions.shown.size).toBeLessThan(10);
  });
});

describe('the wall clock', () => {
  test.each([
    ['forward by a year', 365 * 24 * HOUR],
    ['back by a year', -365 * 24 * HOUR],
    ['forward by an hour', HOUR],
    ['back by two minutes', -2 * MINUTE],
  ])('that is set %s makes no session longer or shorter', (_, jump) => {
    const told = begin({ wallClock: (now) => noon + now + (now > 30 * MINUTE ? jump : 0) });
    told.tell(tells.charges, HOUR);
    told.silence(10 * MINUTE);
    const [record] = told.records;
    expect(record?.seconds).toBe(3_599);
    expect(Date.parse(record?.end ?? '') - Date.parse(record?.start ?? '')).toBe(3_599_000);
    expect(Date.parse(record?.end ?? '')).toBe(noon + HOUR + jump);
  });

  test('that is a little off does not move the start to and fro', () => {
    const told = begin({ wallClock: (now) => noon + now + 20_000 * Math.sin(now) });
    const starts = new Set<string | undefined>();
    for (let i = 0; i < 600; i++) {
      told.tell(tells.charges, SECOND);
      starts.add(told.sessions.shown.get(unit.id)?.start);
    }
    expect(starts.size).toBe(1);
  });

  test.each([
    ['forward', BERLIN, '2026-03-29T00:30:00Z', '2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00'],
    ['back', BERLIN, '2026-10-25T00:30:00Z', '2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'],
    ['forward', 'America/New_York', '2026-03-08T06:30:00Z', '2026-03-08T01:30:00-05:00', '2026-03-08T03:30:00-04:00'],
    ['back', 'America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00'],
  ])('that goes %s for summer time in %s makes no hour more or less', (_, zone, from, start, end) => {
    const told = begin({ wallClock: (now) => Date.parse(from) + now - SECOND, zone });
    told.tell(tells.charges, HOUR + SECOND);
    told.silence(10 * MINUTE);
    expect(told.records).toMatchObject([{ start, end, seconds: 3_600 }]);
  });
});

describe('energy', () => {
  test('is that of the counter where it counts Wh', () => {
    const told = begin();
    for (let i = 0; i < 60; i++) told.tell({ ...tells.charges, ...meter(1_000_000 + 100 * i) }, MINUTE);
    told.tell(tells.doesNotCharge, SECOND);
    told.silence(10 * MINUTE);
    const [record] = told.records;
    expect(record?.energyFrom).toBe('meter');
    // The last minute after the last reading is added up from power: 16 A on three phases.
    expect(record?.kWh).toBeCloseTo(5.9 + (3 * 230 * 16) / 60_000, 1);
  });

  test('is not that which somebody drew before, though the counter tells it afterwards', () => {
    const told = begin();
    told.tell({ ...tells.ready, ...meter(1_000_000) }, 3 * HOUR);
    told.tell({ ...tells.charges, ...meter(1_000_000) }, 5 * SECOND);
    told.tell({ ...tells.charges, ...meter(1_050_000) }, 5 * SECOND);
    told.tell(tells.doesNotCharge, SECOND);
    told.silence(10 * MINUTE);
    expect(told.records[0]?.kWh).toBeLessThan(0.1);
    expect(told.records[0]?.kWh).toBeGreaterThan(0.02);
  });

  test('of a counter that counts kWh and does not move is less than one of them', () => {
    const told = begin();
    for (let i = 0; i < 10; i++) told.tell({ ...tells.charges, ...meter(924, 'kWh') }, MINUTE);
    told.tell({ ...tells.doesNotCharge, ...meter(924, 'kWh') }, MINUTE);
    told.silence(10 * MINUTE);
    // Volts times amperes make 1.84 kWh of it: a car that draws less than it says, or a meter that reads too much.
    expect(told.records).toMatchObject([{ energyFrom: 'power' }]);
    expect(told.records[0]?.kWh).toBeLessThan(1.2);
  });

  test('belongs to the car that drew it, also before its VIN was known', () => {
    const told = begin();
    const charges = (since: number) => ({ ...tells.charges, charging: { on: true, since, below: undefined } });
    told.tell({ ...charges(SECOND), ...meter(1_000_000), ...vin('A') }, MINUTE);
    told.tell({ ...tells.doesNotCharge, ...meter(1_000_184) }, 5 * MINUTE);
    const since = told.now + SECOND;
    told.tell({ ...charges(since), ...meter(1_000_184) }, 20 * SECOND);
    told.tell({ ...charges(since), ...meter(1_000_245), ...vin('B') }, 20 * SECOND);
    told.tell({ ...tells.doesNotCharge, ...meter(1_000_307) }, SECOND);
    told.silence(10 * MINUTE);
    expect(told.records.map(({ vin: one, kWh }) => [one, Math.round(kWh * 100) / 100])).toEqual([
      ['A', 0.18],
      ['B', 0.12],
    ]);
    expect(told.records.map(({ seconds }) => seconds)).toEqual([359, 39 + 1]);
  });

  test('is by power while it is not known yet that the counter counts Wh', () => {
    const told = begin();
    told.tell({ ...tells.charges, ...meter(50_000, 'kWh') }, MINUTE);
    for (let i = 1; i < 60; i++) told.tell({ ...tells.charges, ...meter(50_000 + 184 * i) }, MINUTE);
    told.silence(10 * MINUTE);
    expect(told.records[0]?.kWh).toBeCloseTo(11.04, 0);
  });

  test('is that of no other session, where nothing is known of it yet', () => {
    const told = begin();
    told.tell({ ...tells.charges, ...meter(1_000_000) }, MINUTE);
    told.silence(11 * MINUTE);
    expect(told.sessions.shown.get(unit.id)?.kWh).toBeGreaterThan(0.1);
    told.tell(tells.charges, MINUTE);
    expect(told.sessions.shown.get(unit.id)?.kWh).toBe(0);
  });
});

describe('what is saved', () => {
  test('is the same for a minute, and new at once when a session begins or ends', () => {
    const told = begin();
    told.tell(tells.ready, HOUR);
    const lists = new Set([told.sessions.saved]);
    for (let i = 0; i < 600; i++) {
      told.tell(tells.charges, SECOND);
      lists.add(told.sessions.saved);
    }
    expect(lists.size).toBe(2 + 9);
    told.silence(10 * MINUTE);
    expect(told.sessions.saved).toMatchObject([{ session: { over: true }, last: told.records[0] }]);
    const over = told.sessions.saved;
    told.tell(tells.ready, HOUR);
    expect(told.sessions.saved).toBe(over);
  });

  const savedAfter = (what: What) => {
    const told = begin();
    told.tell({ ...what, ...meter(1_000_000) }, HOUR);
    told.tell({ ...what, ...meter(1_011_000) }, 30 * SECOND);
    told.sessions.saveSoon();
    told.tell({ ...what, ...meter(1_011_000) }, SECOND);
    return { sessions: told.sessions.saved, energy: toSavedEnergy(told.energy, (now) => noon + now) };
  };
  const saved = savedAfter({ ...tells.charges, ...vin('A') });
  const at = (from: number) => ({
    sessions: saved.sessions,
    from: 5_000,
    wallClock: (now: number) => noon + from + now - 5_000,
    energy: fromSavedEnergy(saved.energy, 5_000, noon + from),
  });

  test('goes on where the same car still charges, and nothing is counted twice', () => {
    const told = begin(at(2 * HOUR));
    told.tell(tells.charges, 20 * SECOND);
    expect(told.sessions.shown.get(unit.id)?.kWh).toBeCloseTo(11, 0);
    told.tell({ ...tells.charges, ...meter(1_020_000), ...vin('A') }, MINUTE);
    told.silence(10 * MINUTE);
    expect(told.records).toMatchObject([{ vin: 'A', energyFrom: 'meter', seconds: 2 * 3_600 + 80 - 1 }]);
    expect(told.records[0]?.kWh).toBeCloseTo(20.2, 0);
  });

  test.each<[string, What]>([['is of another car', { ...tells.charges, ...meter(1_012_000), ...vin('B') }]])(
    'ends as it was where the charger %s',
    (_, what) => {
      const told = begin(at(2 * HOUR));
      told.tell({ ...what, charging: { on: true, since: 5_000, below: undefined } }, MINUTE);
      expect(told.records).toMatchObject([{ vin: 'A', seconds: 3_630, start: '2026-11-25T13:00:01+01:00' }]);
      expect(told.sessions.shown.get(unit.id)?.start).toBe('2026-11-25T15:00:00+01:00');
    },
  );

  test('ends as it was after more than twelve hours', () => {
    const told = begin(at(14 * HOUR));
    told.tell(tells.charges, SECOND);
    expect(told.records).toMatchObject([{ seconds: 3_630, start: '2026-11-25T13:00:01+01:00' }]);
  });

  test('goes on when the wall clock is not set yet, without a negative time', () => {
    const told = begin(at(-1_000 * 24 * HOUR));
    told.tell(tells.charges, MINUTE);
    told.silence(10 * MINUTE);
    expect(told.records).toMatchObject([{ seconds: 3_630 + 60 }]);
  });

  test('is not closed a second time when it was over', () => {
    const before = begin(at(2 * HOUR));
    before.silence(11 * MINUTE);
    expect(before.records).toHaveLength(1);
    const told = begin({ sessions: before.sessions.saved });
    told.silence(11 * MINUTE);
    expect(told.records).toEqual([]);
    expect(told.sessions.shown.get(unit.id)).toMatchObject({ seconds: 3_630, last: before.records[0] });
  });
});
