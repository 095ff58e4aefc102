// Kinds of rows: what all rows of a kind have in common is written here once, so that a row of a table says only what is
// its own. A quantity is a number with its unit, as the README and Home Assistant are told of it.

import type { CommandRow, Entity, Overview, Row, Value } from './row.ts';

interface Quantity {
  /** What is published, for people. */
  readonly type: string;
  readonly decimals?: number;
  readonly shown: Pick<Entity, 'deviceClass' | 'unit' | 'precision' | 'stateClass'>;
}

const measured = { stateClass: 'measurement' } as const;
const rising = { stateClass: 'total_increasing' } as const;

export const wholeAmps: Quantity = { type: 'integer, A', shown: { deviceClass: 'current', unit: 'A', precision: 0 } };
export const amps: Quantity = {
  type: 'float, A',
  decimals: 2,
  shown: { ...measured, deviceClass: 'current', unit: 'A', precision: 2 },
};
export const watts: Quantity = {
  type: 'integer, W',
  shown: { ...measured, deviceClass: 'power', unit: 'W', precision: 0 },
};
export const volts: Quantity = {
  type: 'integer, V',
  shown: { ...measured, deviceClass: 'voltage', unit: 'V', precision: 0 },
};
export const kWh: Quantity = {
  type: 'float, kWh',
  decimals: 2,
  shown: { ...rising, deviceClass: 'energy', unit: 'kWh', precision: 2 },
};
export const wholeKWh: Quantity = {
  type: 'integer, kWh',
  shown: { ...rising, deviceClass: 'energy', unit: 'kWh', precision: 0 },
};
export const seconds: Quantity = { type: 'integer, s', shown: { deviceClass: 'duration', unit: 's', precision: 0 } };
export const share: Quantity = { type: 'float, %', decimals: 2, shown: { ...measured, unit: '%', precision: 1 } };
export const perMinute: Quantity = {
  type: 'integer',
  shown: { ...measured, unit: 'frames/min', precision: 0 },
};
export const count: Quantity = { type: 'integer', shown: { ...rising, precision: 0 } };
export const code: Quantity = { type: 'integer code', shown: {} };
export const time: Quantity = { type: 'ISO time', shown: { deviceClass: 'timestamp' } };
export const words: Quantity = { type: 'text', shown: {} };
/** Text that is empty when it is not known. */
export const none = { template: "{{ value if value else 'None' }}" } as const;

export const diagnostic = { category: 'diagnostic' } as const;
/** What few want to see all the time. */
export const rare = { category: 'diagnostic', disabled: true } as const;

type Read<Subject> = (subject: Subject, overview: Overview) => Value;
type Shown = { readonly key: string } & Partial<Omit<Entity, 'component' | 'key'>>;

/** A value that is only looked at. */
export function sensor<Subject>(
  { type, shown, ...rest }: Quantity,
  name: string | undefined,
  meaning: string,
  value: Read<Subject>,
  entity: Shown,
): Row<Subject> {
  return { ...rest, type, meaning, value, entities: [{ component: 'sensor', ...named(name), ...shown, ...entity }] };
}

/** Something that is so or not. `payloads`: what is published when it is, and when it is not. */
export function binarySensor<Subject>(
  payloads: { readonly on: string; readonly off: string },
  meaning: string,
  value: Read<Subject>,
  entity: Shown,
  type = `\`${payloads.on}\` or \`${payloads.off}\``,
): Row<Subject> {
  return { type, meaning, value, entities: [{ component: 'binary_sensor', payloads, ...entity }] };
}

/** A value that is set. */
export function number<Subject>(
  { type, shown: { deviceClass = '', unit }, ...rest }: Quantity,
  name: string,
  meaning: string,
  value: Read<Subject>,
  command: CommandRow<Subject>,
  entity: Shown,
): Row<Subject> {
  const shown = { deviceClass, ...(unit && { unit }) };
  return {
    ...rest,
    type,
    meaning,
    urgent: true,
    value,
    command,
    entities: [{ component: 'number', name, ...shown, ...entity }],
  };
}

/** Something that is switched on and off, published as `1` or `0`. */
export function toggle<Subject>(
  name: string,
  meaning: string,
  value: Read<Subject>,
  command: CommandRow<Subject>,
  entity: Shown,
): Row<Subject> {
  const payloads = { on: '1', off: '0' };
  const type = '`0` or `1`';
  return {
    type,
    meaning,
    urgent: true,
    value,
    command,
    entities: [{ component: 'switch', name, payloads, ...entity }],
  };
}

/** A value that is no entity of Home Assistant. */
export function plain<Subject>(type: string, meaning: string, value: Read<Subject>): Row<Subject> {
  return { type, meaning, value };
}

/** What can be commanded and has no value of its own. */
export function action<Subject>(command: CommandRow<Subject>): Row<Subject> {
  return { type: '', meaning: command.meaning, command };
}

/** Said at once, whatever the limit. */
export function urgent<Subject>(row: Row<Subject>): Row<Subject> {
  return { ...row, urgent: true };
}

function named(name: string | undefined) {
  return name === undefined ? {} : { name };
}
