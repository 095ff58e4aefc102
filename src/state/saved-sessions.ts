// The sessions in a saved state, checked like anything that comes from outside: what can not be a session is none.

import { isTwcId } from '../protocol/field.ts';
import { sessionRecord } from '../session/record.ts';
import type { SavedSession } from '../session/session.ts';
import type { SavedSessions } from '../session/tracker.ts';

export function savedSessions(json: unknown): readonly SavedSessions[] {
  return Array.isArray(json) ? json.flatMap((one) => entry(one)) : [];
}

function entry(json: unknown): SavedSessions[] {
  const { session: found, last: lastFound } = fieldsOf(json);
  const session = savedSession(found);
  const last = sessionRecord(lastFound);
  return session ? [{ session, ...(last && { last }) }] : [];
}

function savedSession(json: unknown): SavedSession | undefined {
  const { charger, start, seconds, kWh, peakAmps, vin, charged, over, account: found } = fieldsOf(json);
  const account = savedAccount(found);
  if (typeof charger !== 'string' || !isTwcId(charger) || typeof vin !== 'string' || !account) return undefined;
  if (!isAmount(start) || !isAmount(seconds) || !isAmount(kWh) || !isAmount(peakAmps)) return undefined;
  if (start > LAST_DATE || typeof charged !== 'boolean' || typeof over !== 'boolean') return undefined;
  return { charger, start, seconds, kWh, peakAmps, vin, charged, over, account };
}

function savedAccount(json: unknown): SavedSession['account'] | undefined {
  const { known, powered, settled, before, counted, counter: found } = fieldsOf(json);
  const { counter, unit, moved } = fieldsOf(found);
  if (!isAmount(powered) || !isAmount(settled) || !isAmount(before) || !isAmount(counted)) return undefined;
  if (typeof known !== 'boolean') return undefined;
  const amounts = { known, powered, settled, before, counted };
  if (found === undefined) return amounts;
  const isUnit = unit === 'kWh' || unit === 'Wh';
  return isAmount(counter) && isUnit && typeof moved === 'boolean'
    ? { ...amounts, counter: { counter, unit, moved } }
    : undefined;
}

/** The last moment that has a date. */
const LAST_DATE = 8.64e15;

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null ? { ...json } : {};
}
