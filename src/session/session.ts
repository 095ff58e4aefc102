// A charging session: from the moment a car is plugged in, or begins to charge where the plug cannot be seen, until it is
// gone. Durations come from the monotonic clock, so setting the wall clock makes no session longer or shorter.

import { DateTime } from 'luxon';
import { actualAmps, type Charger } from '../charger/charger.ts';
import { powerFrom } from '../charger/load.ts';
import { plug } from '../charger/plug.ts';
import type { TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';
import type { SessionRecord } from './record.ts';
import type { SavedSession } from './saved.ts';

/** Moments are monotonic milliseconds; they lie before 0 for what began before this process did. */
export interface Session {
  readonly charger: TwcId;
  /** When it began on the wall clock, epoch milliseconds. */
  readonly start: number;
  readonly startedAt: number;
  /** Until when a car was surely there: the end, if it does not go on. */
  readonly seenAt: number;
  /** Since when it is not known whether the car is still there. */
  readonly waitsFrom: number;
  /** What the charger's energy was when it began, and how much of that the counter had counted, kWh. */
  readonly from: Amounts;
  /** Energy as it is published and saved, and how much of it the counter has counted, kWh; never decreases. */
  readonly amounts: Amounts;
  /** The counter was not read shortly before it began: its next step is older energy too. */
  readonly unread: boolean;
  /** What the energy follows from; `none` while the charger tells nothing that it could follow from. */
  readonly power: 'meter' | 'assumed' | 'none';
  readonly peakAmps: number;
  /** Empty when it is not known. */
  readonly vin: string;
  readonly charging: boolean;
  /** Whether the car has charged at all. */
  readonly charged: boolean;
  /** The session as it was before the car that charges now began; another VIN makes that another session. */
  readonly earlier: Session | undefined;
  readonly at: number;
  readonly over: boolean;
}

interface Amounts {
  readonly kWh: number;
  readonly counted: number;
}

/** The unit takes no limit although it was offered one: nothing is plugged in (protocol 3.4). */
const GONE_AFTER = 60_000;
/** Without any sign a car may still be there for this long: asleep, or out of our hearing. */
const LOST_AFTER = 10 * 60_000;
/** Across a longer absence of the bridge it is not known whose energy it was. */
const LONGEST_ABSENCE = 12 * 3_600_000;
/** The wall clock was set when it differs by more. */
const CLOCK_WAS_SET = 60_000;
const TAKES_A_LIMIT_WITHIN = 10_000;
/** The meter of an idle charger is read every 30 s, and one reading may be lost. */
const READ_BEFORE = 65_000;
/** Counted to this part it is energy by meter. */
const MOSTLY = 0.75;

/** A session that is known from now on. `start`: epoch milliseconds of `startedAt`. */
export function begun(charger: Charger, startedAt: number, start: number, now: number): Session {
  return {
    charger: charger.id,
    start,
    startedAt,
    seenAt: startedAt,
    waitsFrom: now,
    from: amountsNow(charger),
    amounts: nothing,
    unread: !wasRead(charger, startedAt),
    power: 'none',
    peakAmps: 0,
    vin: '',
    charging: false,
    charged: false,
    earlier: undefined,
    at: now,
    over: false,
  };
}

/** The session after its charger was heard. */
export function followed(session: Session, charger: Charger, now: number): Session {
  const { on } = charger.charging;
  return {
    ...session,
    ...(plug(charger) === 'plugged' && { seenAt: now, waitsFrom: now }),
    ...(on && !session.charging && { earlier: { ...session, earlier: undefined } }),
    ...withAmounts(session, charger),
    power: powerFrom(charger) ?? session.power,
    peakAmps: Math.max(session.peakAmps, actualAmps(charger) ?? 0),
    vin: charger.vin.type === 'known' ? charger.vin.text : session.vin,
    charging: on,
    charged: session.charged || on,
    at: now,
  };
}

/** Whether what the charger tells now cannot belong to this session: too late, or another car. */
export function isAnother({ vin, waitsFrom }: Session, charger: Charger): boolean {
  if (waitsFrom === Number.NEGATIVE_INFINITY) return true;
  return vin !== '' && charger.vin.type === 'known' && charger.vin.text !== vin;
}

/** The session of the car that charges now, since then, cut off from the one that it was taken for. */
export function cutOff(session: Session, charger: Charger, since: number): Session {
  const { start, startedAt, at, from, earlier = session } = session;
  const cut = { kWh: from.kWh + earlier.amounts.kWh, counted: from.counted + earlier.amounts.counted };
  return { ...begun(charger, since, start + since - startedAt, at), from: cut, unread: false };
}

/** When the session is over if nothing more is seen of the car. `charger` undefined for one that is not on the bus. */
export function sessionWakeAt(session: Session, charger: Charger | undefined, now: number): number {
  if (session.over) return Number.POSITIVE_INFINITY;
  const seen = charger ? plug(charger) : 'unknown';
  if (seen === 'plugged') return Number.POSITIVE_INFINITY;
  if (seen === 'unplugged') return now;
  return session.waitsFrom + (charger && takesNothing(charger, now) ? GONE_AFTER : LOST_AFTER);
}

/** The session with its start as the wall clock has it, which may have been set since. */
export function dated(session: Session, now: number, wallNow: number): Session {
  const start = wallNow - (now - session.startedAt);
  return Math.abs(start - session.start) > CLOCK_WAS_SET ? { ...session, start } : session;
}

export function secondsOf({ startedAt, seenAt }: Session): number {
  return Math.round((seenAt - startedAt) / 1_000);
}

/** The session as a record, in the time of a zone (IANA, or `system`). */
export function toRecord(session: Session, zone: string): SessionRecord {
  const { charger, amounts, peakAmps, vin } = session;
  const seconds = secondsOf(session);
  const start = Math.floor(session.start / 1_000) * 1_000;
  return {
    charger,
    start: isoTime(start, zone),
    end: isoTime(start + seconds * 1_000, zone),
    seconds,
    kWh: Math.round(amounts.kWh * 1_000) / 1_000,
    energyFrom: energyFrom(session),
    peakAmps: Math.round(peakAmps * 100) / 100,
    vin,
  };
}

/** Epoch milliseconds as ISO 8601 with the zone's offset, in whole seconds. */
export function isoTime(at: number, zone: string): string {
  const time = DateTime.fromMillis(at, { zone });
  if (!time.isValid) throw new RangeError(`expected a moment and a time zone, got ${at} and ${zone}`);
  return time.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

export function toSaved(session: Session): SavedSession {
  const { charger, start, amounts, power, peakAmps, vin, charged, over } = session;
  return { charger, start, seconds: secondsOf(session), ...amounts, power, peakAmps, vin, charged, over };
}

/**
 * A saved session when the bridge is back. It is over if the bridge was away for too long by the wall clock. A charger's
 * energy begins with 0 again in each process, so what the session had drawn lies before that.
 */
export function fromSaved({ seconds, kWh, counted, ...kept }: SavedSession, now: number, wallNow: number): Session {
  // A clock that was set back tells nothing about how long we were away.
  const absence = Math.max(0, wallNow - kept.start - seconds * 1_000);
  const seenAt = now - Math.min(absence, LONGEST_ABSENCE);
  return {
    ...kept,
    startedAt: seenAt - seconds * 1_000,
    seenAt,
    waitsFrom: absence > LONGEST_ABSENCE ? Number.NEGATIVE_INFINITY : now,
    from: { kWh: -kWh, counted: -counted },
    amounts: { kWh, counted },
    unread: false,
    charging: false,
    earlier: undefined,
    at: now,
  };
}

const nothing: Amounts = { kWh: 0, counted: 0 };

function amountsNow({ energy: { total, counted } }: Charger): Amounts {
  return { kWh: total, counted };
}

/** What was drawn since the session began, as of the charger's last snapshot: that is what is saved with it. */
function withAmounts(session: Session, charger: Charger): Pick<Session, 'from' | 'amounts' | 'unread'> {
  const { amounts, unread } = session;
  const { total, counted } = charger.energy.snapshot ?? charger.energy;
  const readNow = unread && wasRead(charger, session.startedAt) && isUpToDate(charger);
  const from = readNow ? { kWh: total - amounts.kWh, counted } : session.from;
  return {
    from,
    unread: unread && !readNow,
    amounts: {
      kWh: Math.max(amounts.kWh, total - from.kWh),
      counted: Math.max(amounts.counted, counted - from.counted),
    },
  };
}

/** Whether the counter was read shortly before a moment, or later. */
function wasRead({ energy: { believed } }: Charger, at: number): boolean {
  return believed !== undefined && believed.at >= at - READ_BEFORE;
}

/** Whether the snapshot has the newest reading of the counter. */
function isUpToDate({ energy: { snapshot, believed } }: Charger): boolean {
  return snapshot !== undefined && believed !== undefined && snapshot.at >= believed.at;
}

function energyFrom({ power, amounts: { kWh, counted } }: Session): SessionRecord['energyFrom'] {
  if (power === 'none') return 'none';
  if (counted > 0 && counted >= MOSTLY * kWh) return 'meter';
  return power === 'meter' ? 'power' : 'assumed';
}

function takesNothing({ heartbeat, offer, online }: Charger, now: number): boolean {
  const offered = offer !== undefined && offer.amps > 0 && now - offer.at >= TAKES_A_LIMIT_WITHIN;
  return online && offered && isState(heartbeat, 'ready') && heartbeat?.limitAmps === 0;
}
