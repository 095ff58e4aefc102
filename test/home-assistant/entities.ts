// The entities that people have in Home Assistant. Their ids, units and classes are frozen: a change of a row here breaks
// automations, statistics and dashboards of owners. The key of an entity is its name.

export interface ExpectedEntity {
  readonly component: 'sensor' | 'binary_sensor' | 'number' | 'switch' | 'button';
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
const on = { component: 'binary_sensor' } as const;

/** Every charger has these. */
export const ofCharger: readonly ExpectedEntity[] = [
  { component: 'sensor', name: 'Status', deviceClass: 'enum' },
  { ...on, name: 'Charging', deviceClass: 'battery_charging' },
  { ...on, name: 'Vehicle connected', deviceClass: 'plug' },
  { ...amps, name: 'Current', stateClass: measurement },
  { ...setAmps, name: 'Current limit' },
  { component: 'sensor', name: 'Vehicle' },
  { ...energy, name: 'Session energy' },
  { component: 'sensor', name: 'Session start', deviceClass: 'timestamp' },
  { component: 'sensor', name: 'Session duration', deviceClass: 'duration', unit: 'min' },
  { ...text, name: 'Charge status', deviceClass: 'enum' },
  { ...text, name: 'Last session', deviceClass: 'timestamp' },
  { ...amps, name: 'Reported limit', category: diagnostic },
  { ...amps, name: 'Offered current', category: diagnostic },
  { ...amps, name: 'Hardware limit', category: diagnostic },
  { ...text, name: 'Last heard', deviceClass: 'timestamp', disabled: true },
  { ...text, name: 'Last vehicle', disabled: true },
];

/** Those of which the current can be switched off, and those of which it can only be lowered. */
export const stoppable: ExpectedEntity = { component: 'switch', name: 'Charge' };
const unstoppable: ExpectedEntity = { component: 'switch', name: 'Full current' };

/** One that has a meter, by the phases that are connected. */
function ofMeter(phases: 'A' | 'AB' | 'ABC'): readonly ExpectedEntity[] {
  return [
    { ...watts, name: 'Power' },
    { ...energy, name: 'Energy' },
    { ...text, name: 'Phases in use' },
    ...[...phases].flatMap((phase) => [
      { ...volts, name: `Voltage phase ${phase}`, category: diagnostic } as const,
      { ...amps, name: `Current phase ${phase}`, stateClass: measurement, category: diagnostic } as const,
    ]),
  ];
}

/** Version 2 units without a relay that is allowed to work, as most are. */
export const threePhases: readonly ExpectedEntity[] = [...ofCharger, unstoppable, ...ofMeter('ABC')];
export const onePhase: readonly ExpectedEntity[] = [...ofCharger, unstoppable, ...ofMeter('A')];

const count = { component: 'sensor', stateClass: 'total_increasing', category: diagnostic, disabled: true } as const;

export const ofBridge: readonly ExpectedEntity[] = [
  { ...amps, name: 'Total current', stateClass: measurement },
  { ...watts, name: 'Total power' },
  { ...energy, name: 'Total energy' },
  { ...text, name: 'Uptime', deviceClass: 'duration', unit: 's', disabled: true },
  { ...text, name: 'Frames per minute', unit: 'frames/min', stateClass: measurement, disabled: true },
  { ...count, name: 'Checksum errors' },
  { ...text, name: 'Bad frames', unit: '%', stateClass: measurement },
  { ...count, name: 'Link reconnects' },
  { ...count, name: 'Broker reconnects' },
  { ...text, name: 'Last error', disabled: true },
  { ...setAmps, name: 'Circuit limit', category: 'config' },
  { ...amps, name: 'Minimum current', category: diagnostic },
  { ...setAmps, name: 'Charge now current', category: 'config' },
  { component: 'number', name: 'Charge now duration', deviceClass: 'duration', unit: 'min', category: 'config' },
  { component: 'button', name: 'Charge now' },
  { component: 'button', name: 'End charge now' },
  { ...on, name: 'Problem', deviceClass: 'problem', category: diagnostic },
  { ...text, name: 'Problem description' },
  { ...on, name: 'Connectivity', deviceClass: 'connectivity', category: diagnostic },
];
