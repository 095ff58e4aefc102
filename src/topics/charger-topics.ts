// The topic table of a charger: one row a value that a person can see or set. Publishing, Home Assistant discovery,
// commands, the README's tables and the tests all read it. Names, types and meanings of the documented topics are fixed.

import { actualAmps, type Charger, loadWatts } from '../charger/charger.ts';
import { lifetimeKWh } from '../charger/energy.ts';
import { chargerRange } from '../control/limits.ts';
import { states, stateText } from '../protocol/states.ts';
import {
  amps,
  binarySensor,
  code,
  diagnostic,
  none,
  number,
  plain,
  rare,
  sensor,
  toggle,
  urgent,
  volts,
  watts,
  wholeAmps,
  wholeKWh,
  words,
} from './kinds.ts';
import { readAmps, readSwitch } from './payload.ts';
import type { ChargerRow, CommandRow, Rows } from './row.ts';
import { sessionTopics } from './session-topics.ts';

const stateTexts = Object.values(states).flatMap(({ text }) => (text === 'Unknown' ? [] : [text]));

const setLimit: CommandRow<Charger> = {
  topic: 'set/limit',
  payload: 'whole A',
  meaning: "Charging current limit, from `minAmpsPerTWC` to the charger's maximum",
  read(text, charger, { limits }) {
    const amps = readAmps(text, chargerRange(charger, limits));
    return typeof amps === 'number' ? { type: 'limit', charger: charger.id, amps } : amps;
  },
  range: (limits, charger) => chargerRange(charger ?? {}, limits),
};

const setCharging: CommandRow<Charger> = {
  topic: 'set/charging',
  payload: '`1` or `0`',
  meaning: 'Whether a car may be charged. A version 2 unit can only be lowered to 6 A, see Safety',
  read(text, { id }) {
    const enabled = readSwitch(text);
    return typeof enabled === 'boolean' ? { type: 'charging', charger: id, enabled } : enabled;
  },
};

export const chargerTopics: Rows<Charger> = {
  stateText: sensor(
    words,
    'Status',
    'What `state` means, see the table of states',
    ({ heartbeat }) => heartbeat && stateText(heartbeat.state),
    {
      key: 'status',
      deviceClass: 'enum',
      options: stateTexts,
      template: `{{ value if value in ${JSON.stringify(stateTexts).replaceAll('"', "'")} else 'None' }}`,
    },
  ),
  carsCharging: binarySensor(
    { on: '1', off: '0' },
    'A car is charging: 1 A or more; back to 0 after 5 s below without a break',
    ({ charging }) => charging.on,
    { key: 'charging', deviceClass: 'battery_charging' },
    '`0` or `1`',
  ),
  chargerLoadInW: sensor(watts, undefined, 'Load: volts times amperes of each phase', loadWatts, { key: 'load' }),
  ampsInUse: sensor(
    amps,
    'Charging current',
    'Current that the car draws, of the largest phase; 0 when the charger is offline',
    actualAmps,
    { key: 'amps_in_use' },
  ),
  lifetimekWh: sensor(
    wholeKWh,
    'Lifetime energy',
    'Energy since manufacture; never decreases',
    ({ energy }) => lifetimeKWh(energy),
    { key: 'lifetime_energy' },
  ),
  limit: number(
    wholeAmps,
    'Charging current limit',
    'The limit that was set for this charger; change it with `set/limit`',
    (charger, { setPoints, limits }) => {
      const { min, max } = chargerRange(charger, limits);
      return Math.min(max, Math.max(min, setPoints.chargers[charger.id]?.limit ?? max));
    },
    setLimit,
    { key: 'limit' },
  ),
  charging: toggle(
    'Charging allowed',
    'Whether a car may be charged; change it with `set/charging`',
    ({ id }, { setPoints }) => setPoints.chargers[id]?.charging !== false,
    setCharging,
    { key: 'charging_allowed', icon: 'mdi:ev-station' },
  ),
  ...sessionTopics,
  ampsMax: sensor(
    wholeAmps,
    'Reported limit',
    'The limit that the charger reports; 0 while no car is plugged in',
    ({ heartbeat }) => heartbeat?.limitAmps,
    { ...diagnostic, key: 'amps_max' },
  ),
  ampsOffered: sensor(wholeAmps, 'Offered current', 'The limit last sent to the charger', ({ offer }) => offer?.amps, {
    ...diagnostic,
    key: 'amps_offered',
  }),
  ampsRated: sensor(wholeAmps, 'Hardware limit', "The hardware's maximum", ({ ratedAmps }) => ratedAmps, {
    ...diagnostic,
    key: 'amps_rated',
  }),
  power: sensor(
    amps,
    'Reported current',
    'Amperes, despite its name: the same as `ampsInUse`. For watts see `chargerLoadInW`',
    actualAmps,
    { ...rare, key: 'power' },
  ),
  state: sensor(
    code,
    'State code',
    'State of the charger, see the table of states',
    ({ heartbeat }) => heartbeat?.state,
    { ...rare, key: 'state', icon: 'mdi:numeric' },
  ),
  voltagePhaseA: voltage('A', 0),
  voltagePhaseB: voltage('B', 1),
  voltagePhaseC: voltage('C', 2),
  currentVehicleVIN: sensor(
    words,
    'Vehicle VIN',
    'VIN of the car that is charging now; empty when there is none or it is not known',
    ({ charging, vin }) => (charging.on && vin.type === 'known' ? vin.text : ''),
    { ...diagnostic, ...none, key: 'vehicle_vin', icon: 'mdi:car-electric' },
  ),
  lastVehicleVIN: sensor(
    words,
    'Last vehicle VIN',
    'VIN of the car before; empty when not known',
    ({ lastVin }) => lastVin ?? '',
    { ...rare, ...none, key: 'last_vehicle_vin', icon: 'mdi:car-clock' },
  ),
  serialNumber: plain('text', 'Serial number of the charger', ({ serialNumber }) => serialNumber),
  firmware: plain('text', "The charger's firmware, for example `4.5.3.2`", ({ firmware }) => firmware),
  availability: urgent(
    plain('`online` or `offline`', 'Whether the charger is heard; offline after 26 s of silence', ({ online }) =>
      online ? 'online' : 'offline',
    ),
  ),
};

function voltage(phase: 'A' | 'B' | 'C', index: 0 | 1 | 2): ChargerRow {
  return sensor(
    volts,
    `Voltage phase ${phase}`,
    `Voltage of phase ${phase} to neutral; 0 when it is not connected`,
    ({ meter }) => meter?.volts[index],
    { ...diagnostic, key: `voltage_phase_${phase.toLowerCase()}` },
  );
}
