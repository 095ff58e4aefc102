// How much a charger delivers, on which phases. The heartbeat's hundredths say how many amperes; the meter says on which
// phases, and between its answers what it said last holds (protocol 3.4, 3.5).

import type { Phases } from '../protocol/field.ts';
import { actualAmps, type Charger } from './charger.ts';

/** A phase with fewer volts is not connected. */
const CONNECTED_FROM = 80;
/** A unit that has not answered the question for its meter by then has none, ms. */
const METER_ANSWERS_WITHIN = 60_000;

/** Amperes on each phase; undefined when not known. */
export function phaseCurrents(charger: Charger): Phases | undefined {
  // A unit without a master stops its car.
  if (!charger.online) return charger.energy.last || phaseVolts(charger) ? [0, 0, 0] : undefined;
  const amps = actualAmps(charger);
  const weights = phaseWeights(charger);
  if (amps === undefined || !weights) return undefined;
  if (!charger.charging.on) return [0, 0, 0];
  const [a, b, c] = weights;
  return [amps * a, amps * b, amps * c];
}

/** Load, W: volts times amperes of each phase; undefined when not known. */
export function loadWatts(charger: Charger): number | undefined {
  const currents = phaseCurrents(charger);
  if (!currents) return undefined;
  const [a, b, c] = currents;
  const [voltsA, voltsB, voltsC] = phaseVolts(charger) ?? [0, 0, 0];
  return voltsA * a + voltsB * b + voltsC * c;
}

/** On how many phases the car takes current, 0 while it takes none; undefined when not known. */
export function phasesInUse(charger: Charger): number | undefined {
  return phaseCurrents(charger)?.filter((amps) => amps > 0).length;
}

/** Whether a phase is connected; undefined when not known. */
export function isPhaseConnected(charger: Charger, phase: 0 | 1 | 2): boolean | undefined {
  const volts = phaseVolts(charger);
  return volts && volts[phase] >= CONNECTED_FROM;
}

/** Whether watts follow from the unit's own meter, or from what its owner says; undefined where neither tells. */
export function powerFrom(charger: Charger): 'meter' | 'assumed' | undefined {
  if (charger.meter) return 'meter';
  return phaseVolts(charger) && 'assumed';
}

/** Whether the energy can only follow from what the owner says: the unit has no meter. */
export function hasNoMeter({ meter, version, since }: Charger, now: number): boolean {
  return meter === undefined && (version === 1 || now - since > METER_ANSWERS_WITHIN);
}

function phaseVolts({ meter, settings }: Charger): Phases | undefined {
  if (meter) return meter.volts;
  const { volts, phases } = settings;
  if (volts === undefined || phases === undefined) return undefined;
  return [volts, phases > 1 ? volts : 0, phases > 2 ? volts : 0];
}

/** The part of the largest phase's current that flows on each: as last measured, else on every connected phase. */
function phaseWeights(charger: Charger): Phases | undefined {
  const { meter } = charger;
  const measured = meter?.lastCurrents;
  if (measured) return relativeToLargest(measured);
  const volts = phaseVolts(charger);
  if (!volts?.some((v) => v >= CONNECTED_FROM)) return undefined;
  const [a, b, c] = volts;
  return [weight(a), weight(b), weight(c)];
}

function relativeToLargest([a, b, c]: Phases): Phases {
  const largest = Math.max(a, b, c);
  return [a / largest, b / largest, c / largest];
}

function weight(volts: number): number {
  return volts >= CONNECTED_FROM ? 1 : 0;
}
