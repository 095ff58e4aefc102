// Kinds of rows: what all rows of a kind have in common is written here once, so that a row of a table says only what is
// its own. A quantity is a number with its unit, as the README and Home Assistant are told of it.

import type { CommandRow, Entity, Overview, Pace, Row, Value } from './row.ts';

interface Quantity {
  /** What is published, for people. */
  readonly type: string;
  readonly decimals?: number;
  readonly pace: Pace;
  readonly shown: Pick<Entity, 'deviceClass' | 'unit' | 'precision' | 'stateClass'>;
}

const discrete = { pace: 'discrete' } as const;
const measured = { pace: 'measured' } as const;
const measurement = { stateClass: 'measurement' } as const;
const rising = { stateClass: 'total_increasing' } as const;

export const wholeAmps: Quantity = {
  ...discrete,
  type: 'integer, A',
  shown: { deviceClass: 'current', unit: 'A', precision: 0 },
};
export const amps: Quantity = {
  ...measured,
  type: 'float, A',
  decimals: 2,
  shown: { ...measurement, deviceClass: 'current', unit: 'A', precision: 1 },
};
export const watts: Quantity = {
  ...measured,
  type: 'integer, W',
  shown: { ...measurement, deviceClass: 'power', unit: 'W', precision: 0 },
};
export const volts: Quantity = {
  ...measured,
  type: 'integer, V',
  shown: { ...measurement, deviceClass: 'voltage', unit: 'V', precision: 0 },
};
export const kWh: Quantity = {
  ...measured,
  type: 'float, kWh',
  decimals: 2,
  shown: { ...rising, deviceClass: 'energy', unit: 'kWh', precision: 2 },
};
export const seconds: Quantity = {
  ...measured,
  type: 'integer, s',
  shown: { deviceClass: 'duration', unit: 's', precision: 0 },
};
export const minutes: Quantity = {
  ...discrete,
  type: 'integer, min',
  shown: { deviceClass: 'duration', unit: 'min', precision: 0 },
};
export const share: Quantity = {
  ...measured,
  type: 'float, %',
  decimals: 2,
  shown: { ...measurement, unit: '%', precision: 1 },
};
export const perMinute: Quantity = {
  ...measured,
  type: 'integer',
  shown: { ...measurement, unit: 'frames/min', precision: 0 },
};
export const count: Quantity = { ...measured, type: 'integer', shown: { ...rising, precision: 0 } };
export const phaseCount: Quantity = { ...discrete, type: 'integer', shown: { precision: 0 } };
export const time: Quantity = { ...discrete, type: 'ISO time', shown: { deviceClass: 'timestamp' } };
export const words: Quantity = { ...discrete, type: 'text', shown: {} };

/** Text that is empty when it is not known. */
export const none = { template: "{{ value if value else 'None' }}" } as const;
export const diagnostic = { category: 'diagnostic' } as const;
/** What few want to see all the time. */
export const rare = { category: 'diagnostic', disabled: true } as const;
export const namedByClass = { namedByClass: true } as const;

type Read<Subject> = (subject: Subject, overview: Overview) => Value;
type Shown = Partial<Omit<Entity, 'component' | 'name'>>;

/** A value that is only looked at. */
export function sensor<Subject>(
  { type, shown, ...rest }: Quantity,
  name: string,
  meaning: string,
  value: Read<Subject>,
  entity: Shown = {},
): Row<Subject> {
  return { ...rest, type, meaning, value, entities: [{ component: 'sensor', name, ...shown, ...entity }] };
}

/** One of a few words. */
export function choice<Subject>(
  options: readonly string[],
  name: string,
  meaning: string,
  value: Read<Subject>,
  entity: Shown = {},
): Row<Subject> {
  const type = options.map((option) => `\`${option}\``).join(', ');
  return sensor({ ...discrete, type, shown: { deviceClass: 'enum' } }, name, meaning, value, { options, ...entity });
}

/** A value that is set. */
export function number<Subject>(
  { type, shown: { deviceClass = '', unit }, ...rest }: Quantity,
  name: string,
  meaning: string,
  value: Read<Subject>,
  command: CommandRow<Subject>,
  entity: Shown = {},
): Row<Subject> {
  const shown = { deviceClass, ...(unit && { unit }) };
  return { ...rest, type, meaning, value, command, entities: [{ component: 'number', name, ...shown, ...entity }] };
}

/** Something that is switched on and off, published as `1` or `0`; `entities` are the names and what is said of them. */
export function toggle<Subject>(
  meaning: string,
  value: Read<Subject>,
  command: CommandRow<Subject>,
  entities: Readonly<Record<string, Shown>>,
): Row<Subject> {
  const payloads = { on: '1', off: '0' };
  const shown = Object.entries(entities).map(
    ([name, entity]) => ({ component: 'switch', name, payloads, ...entity }) as const,
  );
  return { ...discrete, type: '`0` or `1`', meaning, value, command, entities: shown };
}

/** A command without a value; with a name it is a button that sends `press`. */
export function button<Subject>(command: CommandRow<Subject>, name?: string, entity: Shown = {}): Row<Subject> {
  const row = { ...discrete, type: '', meaning: command.meaning, command };
  return name === undefined ? row : { ...row, entities: [{ component: 'button', name, ...entity }] };
}

/** A value that is no entity of Home Assistant. */
export function plain<Subject>(
  type: string,
  meaning: string,
  value: Read<Subject>,
  pace: Pace = 'discrete',
): Row<Subject> {
  return { pace, type, meaning, value };
}

/** A topic whose name, type and pace are fixed. It is no entity: Home Assistant reads topics that tell at once. */
export function documented<Subject>(
  { type, decimals }: Pick<Quantity, 'type' | 'decimals'>,
  meaning: string,
  value: Read<Subject>,
  onPage: { readonly label?: string; readonly unit?: string } = {},
): Row<Subject> {
  return { pace: 'documented', type, ...(decimals !== undefined && { decimals }), meaning, value, ...onPage };
}

/** The same value, also shown in these ways. */
export function alsoAs<Subject>(row: Row<Subject>, ...entities: readonly Entity[]): Row<Subject> {
  return { ...row, entities: [...(row.entities ?? []), ...entities] };
}

/** Looked at with every frame of a charger. */
export function live<Subject>(row: Row<Subject>): Row<Subject> {
  return { ...row, live: true };
}

/** Said in this order when all is said again. */
export function ranked<Subject>(rank: number, row: Row<Subject>): Row<Subject> {
  return { ...row, rank };
}
