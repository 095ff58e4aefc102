// The rows of the topic table of a charger that tell of its load: watts, energy, and the phases.

import type { Charger } from '../charger/charger.ts';
import { energyKWh } from '../charger/energy-snapshot.ts';
import { isPhaseConnected, loadWatts, phaseCurrents, phasesInUse, powerFrom } from '../charger/load.ts';
import { amps, diagnostic, kWh, namedByClass, phaseCount, sensor, volts, watts } from './kinds.ts';
import type { ChargerRow, Rows } from './row.ts';

const phaseIndex = { A: 0, B: 1, C: 2 } as const;

export const loadTopics: Rows<Charger> = {
  chargerLoadInW: sensor(watts, 'Power', 'Load: volts times amperes of each phase', loadWatts, {
    ...namedByClass,
    when: hasWatts,
  }),
  energy: sensor(
    kWh,
    'Energy',
    "Energy since manufacture, continued between the steps of the counter; for Home Assistant's Energy dashboard. Never decreases",
    ({ energy }) => energyKWh(energy),
    { ...namedByClass, when: hasWatts },
  ),
};

export const phaseTopics: Rows<Charger> = {
  voltagePhaseA: voltage('A'),
  voltagePhaseB: voltage('B'),
  voltagePhaseC: voltage('C'),
  currentPhaseA: current('A'),
  currentPhaseB: current('B'),
  currentPhaseC: current('C'),
  phases: sensor(phaseCount, 'Phases in use', 'On how many phases the car takes current', phasesInUse, {
    ...diagnostic,
    icon: 'mdi:sine-wave',
    when: hasWatts,
  }),
};

/** Whether watts and energy can be known; undefined while that is not known. */
function hasWatts(charger: Charger): boolean | undefined {
  return powerFrom(charger) !== undefined || (charger.version === 1 ? false : undefined);
}

function hasPhase(phase: keyof typeof phaseIndex): (charger: Charger) => boolean | undefined {
  return (charger) => isPhaseConnected(charger, phaseIndex[phase]) ?? (charger.version === 1 ? false : undefined);
}

function current(phase: keyof typeof phaseIndex): ChargerRow {
  return sensor(
    amps,
    `Current phase ${phase}`,
    `Current of phase ${phase}, as last measured or on all connected phases`,
    (charger) => phaseCurrents(charger)?.[phaseIndex[phase]],
    { ...diagnostic, when: hasPhase(phase) },
  );
}

function voltage(phase: keyof typeof phaseIndex): ChargerRow {
  const row: ChargerRow = sensor(
    volts,
    `Voltage phase ${phase}`,
    `Voltage of phase ${phase} to neutral; 0 when it is not connected`,
    ({ meter }) => meter?.volts[phaseIndex[phase]],
    { ...diagnostic, when: (charger) => (charger.version === 1 ? false : hasPhase(phase)(charger)) },
  );
  return { ...row, pace: 'documented' };
}
