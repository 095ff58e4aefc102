// What the values mean for a person: the chargers and the circuit. No element is made here.

import { chargerRange, circuitRange } from '../../control/limits.ts';
import type { Facts, Listed, Sessions } from '../wire.ts';
import { formatAmps, formatDuration } from './format.ts';
import {
  bridgeNumber,
  bridgeText,
  type ChargerTopic,
  chargerIds,
  chargerNumber,
  chargerText,
  type Values,
} from './topics.ts';

/** A name and its value. */
export type Detail = readonly [string, string];

export interface ChargerView {
  readonly id: string;
  /** The owner's name, or the id. */
  readonly name: string;
  readonly online: boolean;
  readonly status: Status;
  readonly amps: number | undefined;
  readonly watts: number | undefined;
  /** `3 × 15.2 A`; empty while nothing is drawn. */
  readonly current: string;
  /** The amps of the circuit that are reserved for it: offered, reported or drawn, whichever is most. */
  readonly reserved: number;
  readonly offered: number | undefined;
  readonly limit: number | undefined;
  readonly enabled: boolean;
  readonly range: { readonly min: number; readonly max: number };
  readonly car: string;
  /** The session that runs. */
  readonly session: RunningSession | undefined;
  /** The last session that is over. */
  readonly lastSession: FinishedSession | undefined;
  readonly details: readonly Detail[];
}

export type Status = 'offline' | 'error' | 'charging' | 'plugged' | 'unplugged' | 'ready';

interface FinishedSession {
  /** Unix ms. */
  readonly start: number;
  readonly seconds: number;
  /** Undefined when it is not known. */
  readonly kWh: number | undefined;
}

interface RunningSession {
  /** Unix ms. */
  readonly start: number;
  readonly seconds: number;
  /** Undefined when it is not known. */
  readonly kWh: number | undefined;
  readonly vin: string;
}

export interface CircuitView {
  /** What is divided now; undefined while not known. */
  readonly limit: number | undefined;
  /** What it can be set to. */
  readonly range: { readonly min: number; readonly max: number };
  /** Undefined while no charger is heard. */
  readonly amps: number | undefined;
  readonly watts: number | undefined;
  /** Chargers that draw amps without telling their voltage. */
  readonly unmetered: number;
  readonly reserved: number;
  readonly free: number;
  /** What the whole bar stands for, A. */
  readonly scale: number;
  readonly chargeNow: ChargeNowView;
}

export interface ChargeNowView {
  /** What the button in Home Assistant takes. */
  readonly amps: number | undefined;
  readonly minutes: number | undefined;
  /** Unix ms; undefined while it does not hold. */
  readonly until: number | undefined;
}

type SessionRecord = Sessions['newest'][number];
type ModelFacts = Pick<Facts, 'limits' | 'listed' | 'chargers' | 'vehicles'>;

const byChargeStatus: Readonly<Record<string, Status>> = { B: 'plugged', C: 'charging', E: 'error', F: 'offline' };
const ANY = Number.POSITIVE_INFINITY;
/** A current below is none. */
const LEAST_AMPS = 0.5;

export function chargerViews(values: Values, facts: ModelFacts): ChargerView[] {
  return chargerIds(values).map((id) => chargerView(id, values, facts));
}

function chargerView(id: string, values: Values, facts: ModelFacts): ChargerView {
  const text = (topic: ChargerTopic) => chargerText(values, id, topic);
  const number = (topic: ChargerTopic) => chargerNumber(values, id, topic);
  const online = text('availability') === 'online';
  const amps = online ? number('amps') : undefined;
  const offered = number('offered');
  const reserved = online ? Math.max(amps ?? 0, offered ?? 0, number('reportedLimit') ?? 0) : 0;
  const status = online ? statusOf(text) : 'offline';
  return {
    id,
    name: facts.chargers[id]?.name ?? id,
    online,
    status,
    amps,
    watts: online ? number('watts') : undefined,
    current: currentText(amps, phasesOf(amps, number)),
    reserved,
    offered,
    limit: number('limit'),
    enabled: text('enabled') !== '0',
    range: chargerRange(
      { ratedAmps: Math.min(number('rated') ?? ANY, facts.chargers[id]?.maxAmps ?? ANY) },
      facts.limits,
    ),
    car: online ? carText(status, vehicleOf(text, facts.vehicles)) : '',
    session: online ? runningSession(text, number) : undefined,
    lastSession: lastSession(text('lastSession')),
    details: chargerDetails(id, values, facts),
  };
}

/** `A` may be a guess: only a plug that is known to be empty is no car. */
function statusOf(text: (topic: ChargerTopic) => string | undefined): Status {
  const status = byChargeStatus[text('chargeStatus') ?? ''] ?? 'ready';
  return status === 'ready' && text('plug') === 'unplugged' ? 'unplugged' : status;
}

function currentText(amps: number | undefined, phases: number): string {
  if (amps === undefined || amps < LEAST_AMPS) return '';
  return phases > 0 ? `${phases} × ${formatAmps(amps)}` : formatAmps(amps);
}

/** How many phases carry a current: by their meters, or by what the load makes of volts and amps; 0 when it is not known. */
function phasesOf(amps = 0, number: (topic: ChargerTopic) => number | undefined): number {
  const each = [number('phaseAmpsA'), number('phaseAmpsB'), number('phaseAmpsC')];
  const loaded = each.filter((one) => one !== undefined && one >= LEAST_AMPS).length;
  const [volts, watts] = [number('volts'), number('watts')];
  const computed = volts && watts && amps >= LEAST_AMPS ? Math.round(watts / (volts * amps)) : 0;
  return loaded || number('phases') || Math.min(3, computed);
}

function vehicleOf(text: (topic: ChargerTopic) => string | undefined, names: Facts['vehicles']): string {
  const vin = text('vin') ?? '';
  const vehicle = text('vehicle') ?? '';
  if (vehicle !== '' && vehicle !== 'unknown') return names[vehicle] ?? vehicle;
  return names[vin] ?? vin;
}

function carText(status: Status, vehicle: string): string {
  if (vehicle !== '') return vehicle;
  if (status === 'unplugged') return 'No car';
  return status === 'plugged' || status === 'charging' ? 'Unknown car' : 'Car: unknown';
}

/** Undefined when the newest session is over. */
function runningSession(
  text: (topic: ChargerTopic) => string | undefined,
  number: (topic: ChargerTopic) => number | undefined,
): RunningSession | undefined {
  const start = Date.parse(text('sessionStart') ?? '');
  if (Number.isNaN(start) || text('plug') === 'unplugged') return undefined;
  if (lastSession(text('lastSession'))?.start === start) return undefined;
  return { start, seconds: number('sessionSeconds') ?? 0, kWh: number('sessionEnergy'), vin: text('vin') ?? '' };
}

/** What the topic says: the fields of a record. */
function lastSession(json = 'null'): FinishedSession | undefined {
  try {
    // The bridge of this page publishes what is declared.
    const last = JSON.parse(json) as Pick<SessionRecord, 'start' | 'seconds' | 'kWh' | 'energyFrom'> | null;
    if (!last) return undefined;
    const kWh = last.energyFrom === 'none' ? undefined : last.kWh;
    return { start: Date.parse(last.start), seconds: last.seconds, kWh };
  } catch {
    return undefined;
  }
}

function chargerDetails(id: string, values: Values, { listed, chargers }: ModelFacts): Detail[] {
  const state = chargerText(values, id, 'stateText');
  return [
    ...(chargers[id]?.name === undefined ? [] : [['Id', id] as const]),
    ...(state ? [['State', state] as const] : []),
    ...listDetails(listed.charger, (topic) => values.get(`${id}/${topic}`)),
  ];
}

/** Those of the listed values that are known. */
export function listDetails(listed: readonly Listed[], value: (topic: string) => string | undefined): Detail[] {
  return listed.flatMap(({ topic, label, unit }) => {
    const text = value(topic);
    return text ? [[label, withUnit(text, unit)] as const] : [];
  });
}

function withUnit(text: string, unit: string): string {
  if (unit === 's') return formatDuration(Number(text));
  // The label says it already.
  return unit === 'frames/min' ? text : `${text} ${unit}`.trim();
}

export function circuitView(values: Values, limits: Facts['limits'], chargers: readonly ChargerView[]): CircuitView {
  const limit = bridgeNumber(values, 'circuit');
  const reserved = sum(chargers.map((one) => one.reserved));
  const watts = chargers.flatMap((one) => one.watts ?? []);
  return {
    limit,
    range: circuitRange(limits),
    amps: chargers.some(({ online }) => online) ? sum(chargers.map((one) => one.amps ?? 0)) : undefined,
    watts: watts.length === 0 ? undefined : sum(watts),
    unmetered: chargers.filter(({ amps = 0, watts }) => amps >= LEAST_AMPS && watts === undefined).length,
    reserved,
    free: Math.max(0, (limit ?? 0) - reserved),
    scale: Math.max(limits.maxAmpsForSlaves, reserved),
    chargeNow: chargeNowView(values),
  };
}

function chargeNowView(values: Values): ChargeNowView {
  const until = Date.parse(bridgeText(values, 'chargeNowUntil') ?? '');
  return {
    amps: bridgeNumber(values, 'chargeNowAmps'),
    minutes: bridgeNumber(values, 'chargeNowMinutes'),
    until: Number.isNaN(until) ? undefined : until,
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
