// A simulated house with sun, loads and a charger, measured at the grid connection by sensors of Home Assistant.

import type { HomeAssistant } from './hass.ts';
import type { Puppet } from './puppet.ts';

export interface House extends Disposable {
  /** W. */
  sun: number;
  /** What the rest of the house takes, A of each phase. */
  loads: readonly [number, number, number];
  /** False: its sensors send nothing any more. */
  speaks: boolean;
  /** The truth once a second. */
  readonly record: readonly Moment[];
  /** The sensor of power, W, positive from the grid. */
  readonly power: string;
  /** The sensors of current, A of each phase. */
  readonly phases: readonly string[];
}

interface Moment {
  readonly at: number;
  readonly gridWatts: number;
  /** The highest of the phases. */
  readonly amps: number;
}

const VOLTS = 230;
const RECORDS_EVERY = 1_000;

/** Its sensors tell a new value every `reportsEvery` ms. */
export function startHouse(hass: HomeAssistant, name: string, puppet: Puppet, reportsEvery = 2_000): House {
  const power = `sensor.${name}_power`;
  const phases = ['l1', 'l2', 'l3'].map((phase) => `sensor.${name}_${phase}`);
  const record: Moment[] = [];
  const perPhase = () => house.loads.map((amps, i) => amps + (puppet.amps[i] ?? 0));
  const gridWatts = () => perPhase().reduce((watts, amps) => watts + amps * VOLTS, -house.sun);

  async function report(): Promise<void> {
    if (!house.speaks) return;
    const amps = perPhase();
    await Promise.all([
      hass.set(power, gridWatts().toFixed(0), { device_class: 'power', unit_of_measurement: 'W' }),
      ...phases.map((id, i) =>
        hass.set(id, (amps[i] ?? 0).toFixed(2), { device_class: 'current', unit_of_measurement: 'A' }),
      ),
    ]);
  }

  const timers = [
    setInterval(() => void report().catch(() => {}), reportsEvery),
    setInterval(() => {
      record.push({ at: performance.now(), gridWatts: gridWatts(), amps: Math.max(...perPhase()) });
    }, RECORDS_EVERY),
  ];
  const house: House = {
    sun: 0,
    loads: [0, 0, 0],
    speaks: true,
    record,
    power,
    phases,
    [Symbol.dispose]() {
      for (const timer of timers) clearInterval(timer);
    },
  };
  return house;
}
