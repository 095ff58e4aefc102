// A session as it is saved across restarts.

import { savedId } from '../charger/saved.ts';
import { choice, number, object, optional, type TypeOf, yesOrNo } from '../schema.ts';
import { amps, kWh, seconds, sessionRecord, vin } from './record.ts';

/** Epoch milliseconds until the year 2100: later ones may be in no calendar. */
const moment = number(0, 4.1e12);

const account = object({
  known: yesOrNo,
  powered: kWh,
  settled: kWh,
  before: kWh,
  counted: kWh,
  counter: optional(object({ counter: number(0, 2 ** 32), unit: choice('kWh', 'Wh'), moved: yesOrNo })),
});

const savedSession = object({
  charger: savedId,
  start: moment,
  seconds,
  kWh,
  peakAmps: amps,
  vin,
  charged: yesOrNo,
  over: yesOrNo,
  account,
});

export type SavedSession = TypeOf<typeof savedSession>;

/** What is saved of a charger: its newest session, and the last one that was recorded. */
export const savedSessions = object({ session: savedSession, last: optional(sessionRecord) });

export type SavedSessions = TypeOf<typeof savedSessions>;
