// The entities that people have in Home Assistant. Their ids, units and classes are frozen: whoever changes a row here
// breaks somebody's automations, statistics or dashboards.

export interface ExpectedEntity {
  readonly component: 'sensor' | 'binary_sensor' | 'number' | 'switch';
  readonly key: string;
  /** As a person reads it after the name of the device. */
  readonly name: string;
  readonly deviceClass?: string;
  readonly stateClass?: string;
  readonly unit?: string;
  readonly category?: 'diagnostic' | 'config';
  readonly disabled?: true;
}

const diagnostic = 'diagnostic';
const measurement = 'measurement';
const amps = { component: 'sensor', deviceClass: 'current', unit: 'A' } as const;
const setAmps = { component: 'number', deviceClass: 'current', unit: 'A' } as const;
const volts = { component: 'sensor', deviceClass: 'voltage', unit: 'V', stateClass: measurement } as const;
const watts = { component: 'sensor', deviceClass: 'power', unit: 'W', stateClass: measurement } as const;
const energy = { component: 'sensor', deviceClass: 'energy', unit: 'kWh', stateClass: 'total_increasing' } as const;
const text = { component: 'sensor', category: diagnostic } as const;

export const ofCharger: readonly ExpectedEntity[] = [
  { component: 'sensor', key: 'status', name: 'Status', deviceClass: 'enum' },
  { component: 'binary_sensor', key: 'charging', name: 'Charging', deviceClass: 'battery_charging' },
  { component: 'binary_sensor', key: 'plug', name: 'Plug', deviceClass: 'plug' },
  { ...watts, key: 'load', name: 'Power' },
  { ...amps, key: 'amps_in_use', name: 'Charging current', stateClass: measurement },
  { ...energy, key: 'lifetime_energy', name: 'Lifetime energy' },
  { ...setAmps, key: 'limit', name: 'Charging current limit' },
  { component: 'switch', key: 'charging_allowed', name: 'Charging allowed' },
  { ...energy, key: 'session_energy', name: 'Session energy' },
  { component: 'sensor', key: 'session_start', name: 'Session start', deviceClass: 'timestamp' },
  { component: 'sensor', key: 'session_duration', name: 'Session duration', deviceClass: 'duration', unit: 's' },
  { ...text, key: 'last_session', name: 'Last session', deviceClass: 'timestamp' },
  { ...amps, key: 'amps_max', name: 'Reported limit', category: diagnostic },
  { ...amps, key: 'amps_offered', name: 'Offered current', category: diagnostic },
  { ...amps, key: 'amps_rated', name: 'Hardware limit', category: diagnostic },
  { ...amps, key: 'power', name: 'Reported current', stateClass: measurement, category: diagnostic, disabled: true },
  { ...text, key: 'state', name: 'State code', disabled: true },
  { ...volts, key: 'voltage_phase_a', name: 'Voltage phase A', category: diagnostic },
  { ...volts, key: 'voltage_phase_b', name: 'Voltage phase B', category: diagnostic },
  { ...volts, key: 'voltage_phase_c', name: 'Voltage phase C', category: diagnostic },
  { ...text, key: 'vehicle_vin', name: 'Vehicle VIN' },
  { ...text, key: 'last_vehicle_vin', name: 'Last vehicle VIN', disabled: true },
];

const count = { component: 'sensor', stateClass: 'total_increasing', category: diagnostic, disabled: true } as const;

export const ofBridge: readonly ExpectedEntity[] = [
  { ...amps, key: 'total_amps_in_use', name: 'Total current', stateClass: measurement },
  { ...text, key: 'uptime', name: 'Uptime', deviceClass: 'duration', unit: 's', disabled: true },
  { ...text, key: 'frames_per_minute', name: 'Frames', unit: 'frames/min', stateClass: measurement, disabled: true },
  { ...count, key: 'checksum_errors', name: 'Checksum errors' },
  { ...text, key: 'bad_frame_share', name: 'Bad frames', unit: '%', stateClass: measurement },
  { ...count, key: 'link_reconnects', name: 'Link reconnects' },
  { ...count, key: 'broker_reconnects', name: 'Broker reconnects' },
  { ...text, key: 'last_error', name: 'Last error', disabled: true },
  { ...setAmps, key: 'circuit_limit', name: 'Circuit limit', category: 'config' },
  { ...amps, key: 'min_amps_per_twc', name: 'Minimum current', category: diagnostic },
  { component: 'binary_sensor', key: 'problem', name: 'Problem', deviceClass: 'problem', category: diagnostic },
  { ...text, key: 'problem_text', name: 'Problem description' },
  {
    component: 'binary_sensor',
    key: 'connectivity',
    name: 'Connectivity',
    deviceClass: 'connectivity',
    category: diagnostic,
  },
];
