// A session as it is saved across restarts.

import { savedId } from '../charger/saved.ts';
import { choice, number, object, optional, type TypeOf, yesOrNo } from '../schema.ts';
import { amps, kWh, seconds, sessionRecord, vin } from './record.ts';

/** Epoch milliseconds until the year 2100: later ones may be in no calendar. */
const moment = number(0, 4.1e12);

const savedSession = object({
  charger: savedId,
  start: moment,
  seconds,
  kWh,
  /** How much of it the counter has counted. */
  counted: kWh,
  power: choice('meter', 'assumed', 'none'),
  peakAmps: amps,
  vin,
  charged: yesOrNo,
  over: yesOrNo,
});

export type SavedSession = TypeOf<typeof savedSession>;

/** What is saved of a charger: its newest session, and the last one that was recorded. */
export const savedSessions = object({ session: savedSession, last: optional(sessionRecord) });

export type SavedSessions = TypeOf<typeof savedSessions>;
