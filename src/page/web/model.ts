// What the values mean for a person who looks: the chargers and the circuit. No element is made here.

import { chargerRange } from '../../control/limits.ts';
import type { Facts, Listed } from '../wire.ts';

/** Payloads by their topic below the prefix. */
export type Values = ReadonlyMap<string, string>;

/** A name and its value. */
export type Detail = readonly [string, string];

export interface ChargerView {
  readonly id: string;
  readonly online: boolean;
  readonly charging: boolean;
  readonly stateText: string;
  readonly inError: boolean;
  readonly amps: number | undefined;
  readonly watts: number | undefined;
  /** The amps of the circuit that are kept for it: offered, reported or drawn, whichever is most. */
  readonly held: number;
  readonly limit: number | undefined;
  readonly allowed: boolean;
  readonly range: { readonly min: number; readonly max: number };
  /** What is known of the car, in words. */
  readonly car: string;
  /** The session that goes on, in words; empty for none. */
  readonly session: string;
  /** What else is known of it, by what it is called. */
  readonly details: readonly Detail[];
}

export interface CircuitView {
  /** What is divided now; undefined while not known. */
  readonly limit: number | undefined;
  readonly drawn: number;
  readonly watts: number | undefined;
  readonly held: number;
  readonly free: number;
  /** What the whole bar stands for, A. */
  readonly scale: number;
}

const ERROR = '2';

/** In the order of their ids. */
export function chargerViews(values: Values, facts: Pick<Facts, 'limits' | 'listed'>): ChargerView[] {
  const ids = [...values.keys()].flatMap((topic) => /^([0-9A-F]{4})\/availability$/.exec(topic)?.[1] ?? []);
  return ids.sort().map((id) => chargerView(id, values, facts));
}

function chargerView(id: string, values: Values, { limits, listed }: Pick<Facts, 'limits' | 'listed'>): ChargerView {
  const text = (name: string) => values.get(`${id}/${name}`);
  const number = (name: string) => numberIn(text(name));
  const online = text('availability') === 'online';
  const amps = online ? number('ampsInUse') : undefined;
  const held = Math.max(amps ?? 0, number('ampsOffered') ?? 0, number('ampsMax') ?? 0);
  const ratedAmps = number('ampsRated');
  return {
    id,
    online,
    charging: online && text('carsCharging') === '1',
    stateText: online
      ? (text('stateText') ?? 'Nothing heard of its state yet')
      : 'Not heard: switched off, or its wires are loose',
    inError: online && text('state') === ERROR,
    amps,
    watts: online ? number('chargerLoadInW') : undefined,
    held: online ? held : 0,
    limit: number('limit'),
    allowed: text('charging') !== '0',
    range: chargerRange(ratedAmps === undefined ? {} : { ratedAmps }, limits),
    car: online ? carInWords(text('currentVehicleVIN') ?? '', text('plug') ?? 'unknown') : '',
    session: online ? sessionInWords(text('sessionStart'), text('sessionEnergy')) : '',
    details: details(listed.charger, (topic) => text(topic)),
  };
}

function carInWords(vin: string, plug: string): string {
  if (vin !== '') return `Car ${vin}`;
  if (plug === 'unknown') return 'Whether a car is there is not known';
  return plug === 'plugged' ? 'A car whose VIN is not known' : 'No car';
}

function sessionInWords(start = '', kWh: string | undefined): string {
  const [, day, time] = /^\d{4}-(\d\d-\d\d)T(\d\d:\d\d)/.exec(start) ?? [];
  if (time === undefined) return '';
  return `${kWh ? `${kWh} kWh since` : 'Since'} ${time} (${day})`;
}

/** The values that are only listed, those that are known. */
export function details(listed: readonly Listed[], value: (topic: string) => string | undefined): Detail[] {
  return listed.flatMap(({ topic, label, unit }) => {
    const text = value(topic);
    return text ? [[label, `${text} ${unit}`.trim()] as const] : [];
  });
}

export function circuitView(values: Values, limits: Facts['limits'], chargers: readonly ChargerView[]): CircuitView {
  const limit = numberIn(values.get('config/maxAmpsForSlaves'));
  const held = chargers.reduce((sum, one) => sum + one.held, 0);
  const watts = chargers.flatMap((one) => one.watts ?? []);
  return {
    limit,
    drawn: chargers.reduce((sum, one) => sum + (one.amps ?? 0), 0),
    watts: watts.length === 0 ? undefined : watts.reduce((sum, one) => sum + one, 0),
    held,
    free: Math.max(0, (limit ?? 0) - held),
    scale: Math.max(limits.maxAmpsForSlaves, held),
  };
}

export function numberIn(text: string | undefined): number | undefined {
  return text === undefined || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

export function amperes(amps: number): string {
  return `${amps.toFixed(1)} A`;
}

/** Watts as a person reads them. */
export function power(watts: number): string {
  return watts < 1_000 ? `${Math.round(watts)} W` : `${(watts / 1_000).toFixed(1)} kW`;
}
