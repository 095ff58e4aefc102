// The topic table of a charger: one row a value that a person can see. Publishing, Home Assistant discovery, the README's
// table and the tests all read it. Names, types and meanings of the documented topics are fixed.

import { actualAmps, loadWatts } from '../charger/charger.ts';
import { lifetimeKWh } from '../charger/energy.ts';
import { states, stateText } from '../protocol/states.ts';
import { chargerRange } from './commands.ts';
import { amperes, type ChargerTopic, current, decimals, none, rounded, whole } from './row.ts';
import { sessionTopics } from './session-topics.ts';

const stateTexts = Object.values(states).flatMap(({ text }: { text: string }) => (text === 'Unknown' ? [] : [text]));

export const chargerTopics: Readonly<Record<string, ChargerTopic>> = {
  stateText: {
    type: 'text',
    meaning: 'What `state` means, see the table of states',
    value: ({ heartbeat }) => heartbeat && stateText(heartbeat.state),
    entities: [
      {
        component: 'sensor',
        key: 'status',
        name: 'Status',
        deviceClass: 'enum',
        options: stateTexts,
        template: `{{ value if value in ${JSON.stringify(stateTexts).replaceAll('"', "'")} else 'None' }}`,
      },
    ],
  },
  carsCharging: {
    type: '`0` or `1`',
    meaning: 'A car is charging: 1 A or more; back to 0 after 5 s below without a break',
    value: ({ charging }) => (charging.on ? '1' : '0'),
    entities: [
      {
        component: 'binary_sensor',
        key: 'charging',
        deviceClass: 'battery_charging',
        payloads: { on: '1', off: '0' },
      },
    ],
  },
  chargerLoadInW: {
    type: `${whole}, W`,
    meaning: 'Load: volts times amperes of each phase',
    value: (charger) => rounded(loadWatts(charger)),
    entities: [
      {
        component: 'sensor',
        key: 'load',
        deviceClass: 'power',
        stateClass: 'measurement',
        unit: 'W',
        precision: 0,
      },
    ],
  },
  ampsInUse: {
    type: amperes,
    meaning: 'Current that the car draws, of the largest phase; 0 when the charger is offline',
    value: (charger) => decimals(actualAmps(charger)),
    entities: [{ ...current, key: 'amps_in_use', name: 'Charging current', stateClass: 'measurement', precision: 2 }],
  },
  lifetimekWh: {
    type: `${whole}, kWh`,
    meaning: 'Energy since manufacture; never decreases',
    value: ({ energy }) => rounded(lifetimeKWh(energy)),
    entities: [
      {
        component: 'sensor',
        key: 'lifetime_energy',
        name: 'Lifetime energy',
        deviceClass: 'energy',
        stateClass: 'total_increasing',
        unit: 'kWh',
        precision: 0,
      },
    ],
  },
  limit: {
    type: `${whole}, A`,
    meaning: 'The limit that was set for this charger; change it with `set/limit`',
    urgent: true,
    value(charger, { setPoints, limits }) {
      const { min, max } = chargerRange(charger, limits);
      return String(Math.min(max, Math.max(min, setPoints.chargers[charger.id]?.limit ?? max)));
    },
    entities: [
      {
        component: 'number',
        key: 'limit',
        name: 'Charging current limit',
        deviceClass: 'current',
        unit: 'A',
        command: 'set/limit',
        range: (limits, charger) => chargerRange(charger ?? {}, limits),
      },
    ],
  },
  charging: {
    type: '`0` or `1`',
    meaning: 'Whether a car may be charged; change it with `set/charging`',
    urgent: true,
    value: ({ id }, { setPoints }) => (setPoints.chargers[id]?.charging === false ? '0' : '1'),
    entities: [
      {
        component: 'switch',
        key: 'charging_allowed',
        name: 'Charging allowed',
        icon: 'mdi:ev-station',
        command: 'set/charging',
        payloads: { on: '1', off: '0' },
      },
    ],
  },
  ...sessionTopics,
  ampsMax: {
    type: `${whole}, A`,
    meaning: 'The limit that the charger reports; 0 while no car is plugged in',
    value: ({ heartbeat }) => rounded(heartbeat?.limitAmps),
    entities: [{ ...current, key: 'amps_max', name: 'Reported limit', category: 'diagnostic', precision: 0 }],
  },
  ampsOffered: {
    type: `${whole}, A`,
    meaning: 'The limit last sent to the charger',
    value: ({ offer }) => rounded(offer?.amps),
    entities: [{ ...current, key: 'amps_offered', name: 'Offered current', category: 'diagnostic', precision: 0 }],
  },
  ampsRated: {
    type: `${whole}, A`,
    meaning: "The hardware's maximum",
    value: ({ ratedAmps }) => rounded(ratedAmps),
    entities: [{ ...current, key: 'amps_rated', name: 'Hardware limit', category: 'diagnostic', precision: 0 }],
  },
  power: {
    type: amperes,
    meaning: 'Amperes, despite its name: the same as `ampsInUse`. For watts see `chargerLoadInW`',
    value: (charger) => decimals(actualAmps(charger)),
    entities: [
      {
        ...current,
        key: 'power',
        name: 'Reported current',
        stateClass: 'measurement',
        category: 'diagnostic',
        precision: 2,
        disabled: true,
      },
    ],
  },
  state: {
    type: `${whole} code`,
    meaning: 'State of the charger, see the table of states',
    value: ({ heartbeat }) => rounded(heartbeat?.state),
    entities: [
      {
        component: 'sensor',
        key: 'state',
        name: 'State code',
        category: 'diagnostic',
        icon: 'mdi:numeric',
        disabled: true,
      },
    ],
  },
  voltagePhaseA: voltage('A', 0),
  voltagePhaseB: voltage('B', 1),
  voltagePhaseC: voltage('C', 2),
  currentVehicleVIN: {
    type: 'text',
    meaning: 'VIN of the car that is charging now; empty when there is none or it is not known',
    value: ({ charging, vin }) => (charging.on && vin.type === 'known' ? vin.text : ''),
    entities: [
      {
        component: 'sensor',
        key: 'vehicle_vin',
        name: 'Vehicle VIN',
        category: 'diagnostic',
        icon: 'mdi:car-electric',
        template: none,
      },
    ],
  },
  lastVehicleVIN: {
    type: 'text',
    meaning: 'VIN of the car before; empty when not known',
    value: ({ lastVin }) => lastVin ?? '',
    entities: [
      {
        component: 'sensor',
        key: 'last_vehicle_vin',
        name: 'Last vehicle VIN',
        category: 'diagnostic',
        icon: 'mdi:car-clock',
        template: none,
        disabled: true,
      },
    ],
  },
  serialNumber: {
    type: 'text',
    meaning: 'Serial number of the charger',
    value: ({ serialNumber }) => serialNumber,
  },
  firmware: {
    type: 'text',
    meaning: "The charger's firmware, for example `4.5.3.2`",
    value: ({ firmware }) => firmware,
  },
  availability: {
    type: '`online` or `offline`',
    meaning: 'Whether the charger is heard; offline after 26 s of silence',
    urgent: true,
    value: ({ online }) => (online ? 'online' : 'offline'),
  },
};

function voltage(phase: 'A' | 'B' | 'C', index: 0 | 1 | 2): ChargerTopic {
  return {
    type: `${whole}, V`,
    meaning: `Voltage of phase ${phase} to neutral; 0 when it is not connected`,
    value: ({ meter }) => rounded(meter?.volts[index]),
    entities: [
      {
        component: 'sensor',
        key: `voltage_phase_${phase.toLowerCase()}`,
        name: `Voltage phase ${phase}`,
        deviceClass: 'voltage',
        stateClass: 'measurement',
        unit: 'V',
        category: 'diagnostic',
        precision: 0,
      },
    ],
  };
}
