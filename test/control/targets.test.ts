// What people want of the chargers: bounded by the configuration, and for as long as somebody renews it.

import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/control/limits.ts';
import { type Command, Control, type SetPoints } from '../../src/control/targets.ts';
import { id } from '../world.ts';

const limits: Limits = { maxAmpsForSlaves: 40, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };
const nothing: SetPoints = { chargers: {} };
const never = { leaseSeconds: 0, safeAmps: 6 };
const unit = id('1A2B');
const limit = (amps: number): Command => ({ type: 'limit', charger: unit, amps });
const circuit = (amps: number): Command => ({ type: 'circuit', amps });

function control(lease = never, saved = nothing) {
  const created = new Control(limits, lease, saved, 0);
  return {
    accept: (command: Command, now: number) => created.apply(command, now),
    ages: (now: number) => created.advance(now),
    leaseLeft: (now: number) => created.leaseLeft(now),
    get nextAt() {
      return created.wakeAt;
    },
    now: () => ({ circuit: created.targets.circuit, ...created.targets.of(unit) }),
  };
}

test('nobody asked for anything: all that the configuration allows', () => {
  expect(control().now()).toEqual({ circuit: 40, limit: 32, enabled: true });
});

test('what was asked for holds, and is remembered', () => {
  const one = control();
  one.accept(limit(16), 0);
  one.accept(circuit(20), 0);
  one.accept({ type: 'charging', charger: unit, enabled: false }, 0);
  expect(one.now()).toEqual({ circuit: 20, limit: 16, enabled: false });
});

test('what was saved under a larger configuration stays within this one', () => {
  const saved = { circuit: 80, chargers: { [unit]: { limit: 63 } } };
  expect(control(never, saved).now()).toEqual({ circuit: 40, limit: 32, enabled: true });
});

test('only what is asked for anew is new: a limit that a program repeats is not', () => {
  const one = new Control(limits, never, nothing, 0);
  const since = (command: Command, now: number) => {
    one.apply(command, now);
    return one.targets.since;
  };
  expect(since(circuit(20), 1)).toBe(1);
  expect(since(circuit(20), 2)).toBe(1);
  expect(since(limit(32), 3)).toBe(1);
  expect(since(limit(16), 4)).toBe(4);
  expect(since(limit(16), 5)).toBe(4);
  expect(since({ type: 'charging', charger: unit, enabled: false }, 6)).toBe(6);
  expect(since({ type: 'chargeNow', amps: 20, seconds: 60 }, 7)).toBe(7);
  expect(since({ type: 'chargeNow', amps: 20, seconds: 90 }, 8)).toBe(7);
  expect(since({ type: 'chargeNowEnd' }, 9)).toBe(9);
});

describe('charging now', () => {
  test('is for all, whatever was set, and ends by itself', () => {
    const one = control();
    one.accept(limit(10), 0);
    one.accept({ type: 'charging', charger: unit, enabled: false }, 0);
    one.accept({ type: 'chargeNow', amps: 20, seconds: 60 }, 1_000);
    expect(one.now()).toEqual({ circuit: 20, limit: 32, enabled: true });
    expect(one.ages(60_999)).toBe(false);
    expect(one.ages(61_000)).toBe(true);
    expect(one.now()).toEqual({ circuit: 40, limit: 10, enabled: false });
  });

  test('ends when it is asked to', () => {
    const one = control();
    one.accept({ type: 'chargeNow', amps: 20, seconds: 60 }, 0);
    one.accept({ type: 'chargeNowEnd' }, 1);
    expect(one.now()).toEqual({ circuit: 40, limit: 32, enabled: true });
  });
});

describe('a lease', () => {
  const lease = { leaseSeconds: 300, safeAmps: 8 };

  test('that nobody renews lowers what was set, and nothing else', () => {
    const one = control(lease);
    one.accept(circuit(40), 0);
    one.accept(limit(16), 100_000);
    expect([one.leaseLeft(100_000), one.leaseLeft(399_001)]).toEqual([300, 1]);
    expect([one.ages(399_999), one.ages(400_000)]).toEqual([false, true]);
    expect(one.now()).toEqual({ circuit: 8, limit: 8, enabled: true });
    expect(one.leaseLeft(500_000)).toBeUndefined();
  });

  test('never raises', () => {
    const one = control(lease);
    one.accept(limit(6), 0);
    one.ages(300_000);
    expect(one.now()).toEqual({ circuit: 40, limit: 6, enabled: true });
  });

  test('begins anew for what was remembered across a restart', () => {
    const one = control(lease, { circuit: 32, chargers: {} });
    expect(one.leaseLeft(0)).toBe(300);
    one.ages(300_000);
    expect(one.now().circuit).toBe(8);
  });

  test('does not run where nothing was set', () => {
    expect(control(lease).leaseLeft(0)).toBeUndefined();
    expect(control(lease).nextAt).toBe(Number.POSITIVE_INFINITY);
  });
});
