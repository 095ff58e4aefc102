// The energy of a charger as it is published and saved. It is made new now and then only, so that each published step can be
// saved, and a bridge that is killed never says less than before.

import { choice, number, object, optional, type TypeOf, yesOrNo } from '../schema.ts';
import { type Energy, lifetimeOf, noEnergy, wholeKWh } from './energy.ts';

const kWh = number(0, 1e6);

/** A snapshot as it is saved across restarts, with the wall clock of its moment (epoch milliseconds). */
export const savedEnergy = object({
  kWh,
  origin: kWh,
  ahead: kWh,
  lifetimeKWh: optional(kWh),
  counter: optional(object({ counter: number(0, 2 ** 32), unit: choice('kWh', 'Wh'), moved: yesOrNo })),
  at: number(0, 4.1e12),
});

export type SavedEnergy = TypeOf<typeof savedEnergy>;

/**
 * What is published is made new with every tenth heartbeat, which come each second, and at once when charging begins or ends:
 * ms, in the middle between two of them.
 */
const SNAPSHOT_EVERY = 9_500;
/** More than can be drawn between two snapshots, kWh. */
const JUMP = 0.5;
const HOUR = 3_600_000;

/** The energy with a new snapshot where one is due. `edge`: charging has begun or ended. */
export function withSnapshot(energy: Energy, edge: boolean, now: number): Energy {
  const { base, total, counted, atStep, believed, snapshot } = energy;
  if (base === undefined) return energy;
  const jumped = snapshot && total - snapshot.total >= JUMP;
  if (snapshot && !edge && !jumped && now - snapshot.at < SNAPSHOT_EVERY) return energy;
  const lifetimeKWh = lifetimeOf(energy);
  const isSameCounter = snapshot?.counter?.counter === believed?.counter;
  const same = snapshot && isSameCounter && snapshot.total === total && snapshot.lifetimeKWh === lifetimeKWh;
  if (same && now - snapshot.at < HOUR) return energy;
  const counter = believed && { counter: believed.counter, unit: believed.unit, moved: believed.moved };
  const kWh = base + total;
  const { origin = kWh } = energy;
  return {
    ...energy,
    origin,
    snapshot: {
      kWh,
      origin,
      total,
      counted,
      ahead: total - atStep,
      at: now,
      ...(lifetimeKWh !== undefined && { lifetimeKWh }),
      ...(counter && { counter }),
    },
  };
}

/** Lifetime energy in kWh, continued between the counter's steps; undefined until it is known. */
export function energyKWh({ snapshot }: Energy): number | undefined {
  return snapshot && Math.floor(snapshot.kWh * 100 + 1e-6) / 100;
}

/** What was delivered since this installation first knew the charger, kWh; undefined until its energy is known. */
export function deliveredKWh({ snapshot }: Energy): number | undefined {
  return snapshot && Math.floor((snapshot.kWh - snapshot.origin) * 100 + 1e-6) / 100;
}

/** Whole kWh since manufacture by the counter; undefined until a counter was believed. */
export function lifetimeKWh({ snapshot }: Energy): number | undefined {
  return snapshot?.lifetimeKWh;
}

/** `wallClock` gives epoch milliseconds of a monotonic moment. */
export function toSavedEnergy({ snapshot }: Energy, wallClock: (now: number) => number): SavedEnergy | undefined {
  if (!snapshot) return undefined;
  const { kWh, origin, ahead, lifetimeKWh, counter, at } = snapshot;
  return {
    kWh,
    origin,
    ahead,
    at: Math.round(wallClock(at)),
    ...(lifetimeKWh !== undefined && { lifetimeKWh }),
    ...(counter && { counter }),
  };
}

/** The energy of a charger that was known before a restart, at the moment `now`, which the wall clock calls `wallNow`. */
export function fromSavedEnergy(saved: SavedEnergy | undefined, now: number, wallNow: number): Energy {
  if (!saved) return noEnergy;
  const { kWh, origin, ahead, lifetimeKWh, counter, at } = saved;
  // A clock that was set back tells nothing about how long we were away.
  const readAt = now - Math.max(0, wallNow - at);
  const believed = counter && { ...counter, at: readAt, movedAt: readAt };
  const energy: Energy = {
    ...noEnergy,
    base: kWh,
    origin,
    atStep: -ahead,
    sinceStep: ahead,
    ...(believed && { believed }),
    ...(believed && lifetimeKWh !== undefined && { lifetimeOffset: lifetimeKWh - wholeKWh(believed) }),
  };
  return withSnapshot(energy, true, now);
}
