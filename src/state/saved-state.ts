// What survives a restart, checked like anything that comes from outside.

import type { SavedCharger } from '../charger/saved.ts';
import type { SetPoints } from '../control/targets.ts';
import { isTwcId } from '../protocol/field.ts';
import type { SavedSessions } from '../session/tracker.ts';
import { savedSessions } from './saved-sessions.ts';

export interface SavedState {
  readonly version: 1;
  /** Stable for this installation, different from every other. */
  readonly clientId: string;
  /** The bus that the chargers are on. */
  readonly port: string;
  readonly chargers: readonly SavedCharger[];
  /** The broker that holds the announcements. */
  readonly broker: string;
  /** Discovery topics that hold an announcement of ours. */
  readonly announced: readonly string[];
  readonly setPoints: SetPoints;
  /** The newest session of each charger; none in the states of older versions. */
  readonly sessions: readonly SavedSessions[];
}

/** The state in a file's JSON, undefined for no file. Throws an Error that says what is wrong. */
export function savedState(json: unknown): SavedState | undefined {
  if (json === undefined) return undefined;
  const { version, clientId, port, chargers, broker, announced, setPoints, sessions } = fieldsOf(json);
  if (version !== 1) throw new Error(`version: expected 1, got ${JSON.stringify(version)}`);
  if (typeof clientId !== 'string' || !/^[\w-]{1,64}$/.test(clientId)) throw new Error('clientId: expected a name');
  if (typeof port !== 'string' || !Array.isArray(chargers)) throw new Error('expected a port and chargers');
  const known = typeof broker === 'string' && Array.isArray(announced);
  return {
    version,
    clientId,
    port,
    chargers: chargers.map(chargerRecord),
    broker: known ? broker : '',
    setPoints: savedSetPoints(setPoints),
    sessions: savedSessions(sessions),
    announced: known ? announced.filter((topic) => typeof topic === 'string') : [],
  };
}

const kept = {
  ratedAmps: 'number',
  serialNumber: 'string',
  firmware: 'string',
  lastVin: 'string',
  relayOpen: 'boolean',
} as const;

function chargerRecord(json: unknown): SavedCharger {
  const fields = fieldsOf(json);
  const { id, version } = fields;
  if (typeof id !== 'string' || !isTwcId(id)) throw new Error(`charger: expected a TWCID, got ${JSON.stringify(id)}`);
  const good = Object.entries(kept).filter(([name, type]) => typeof fields[name] === type);
  return {
    id,
    ...((version === 1 || version === 2) && { version }),
    ...Object.fromEntries(good.map(([name]) => [name, fields[name]])),
  };
}

function savedSetPoints(json: unknown = {}): SetPoints {
  const { circuit, chargers = {} } = fieldsOf(json);
  const good = Object.entries(fieldsOf(chargers)).map(([id, one]) => {
    const { limit, charging } = fieldsOf(one);
    return [id, { ...(isAmps(limit) && { limit }), ...(typeof charging === 'boolean' && { charging }) }];
  });
  return { ...(isAmps(circuit) && { circuit }), chargers: Object.fromEntries(good) };
}

function isAmps(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function fieldsOf(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null) throw new Error(`expected an object, got ${JSON.stringify(json)}`);
  return { ...json };
}
