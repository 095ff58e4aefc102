// A charging session: from the moment a car is plugged in, or begins to charge where the plug can not be seen, until it is
// gone. Durations come from the monotonic clock, so that whoever sets the wall clock makes no session longer or shorter.

import { DateTime } from 'luxon';
import { actualAmps, type Charger, loadWatts, OFFLINE_AFTER } from '../charger/charger.ts';
import { plug } from '../charger/plug.ts';
import type { TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';
import { type Account, canFollow, counted, emptyAccount, energyFrom, kWhOf, powered } from './energy.ts';
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
  /** Since when nobody knows whether the car is still there. */
  readonly waitsFrom: number;
  readonly account: Account;
  /** What is shown: never decreases, also where the counter corrects what was added up. */
  readonly kWh: number;
  readonly peakAmps: number;
  /** Empty when it is not known. */
  readonly vin: string;
  readonly charging: boolean;
  /** Whether the car has charged at all. */
  readonly charged: boolean;
  /** The session as it was before the car that charges now began; another VIN makes that another session. */
  readonly earlier: Session | undefined;
  /** The load that was last known, W, and until when it is added up. */
  readonly watts: number;
  readonly at: number;
  readonly over: boolean;
  /** Restored, and the meter was not read since: what is known of its energy is old. */
  readonly outdated: boolean;
}

/** The unit takes no limit although it was offered one: nothing is plugged in (protocol 3.4). */
const GONE_AFTER = 60_000;
/** Without any sign a car may still be there for this long: asleep, or out of our hearing. */
const LOST_AFTER = 10 * 60_000;
/** Across a longer absence of the bridge nobody knows whose energy it was. */
const LONGEST_ABSENCE = 12 * 3_600_000;
/** The meter of an idle charger is read every 30 s, and one reading may be lost. */
const READ_BEFORE = 65_000;
/** The wall clock was set when it differs by more. */
const CLOCK_WAS_SET = 60_000;
const TAKES_A_LIMIT_WITHIN = 10_000;
const WATT_MILLISECONDS = 3.6e9;

/** A session that is known from now on. `start`: epoch milliseconds of `startedAt`. */
export function begun(charger: TwcId, startedAt: number, start: number, now: number): Session {
  const nothing = { account: emptyAccount, kWh: 0, peakAmps: 0, vin: '', watts: 0, earlier: undefined };
  const open = { charging: false, charged: false, over: false, outdated: false };
  return { charger, start, startedAt, seenAt: startedAt, waitsFrom: now, at: now, ...nothing, ...open };
}

/** The session after its charger was heard. */
export function followed(session: Session, charger: Charger, now: number): Session {
  const { on } = charger.charging;
  const watts = on ? (loadWatts(charger) ?? session.watts) : 0;
  const more = ((session.watts + watts) / 2) * (Math.min(now - session.at, OFFLINE_AFTER) / WATT_MILLISECONDS);
  const { believed } = charger.energy;
  const readInTime = believed && believed.at >= session.startedAt - READ_BEFORE;
  const drawn = powered(session.account, more);
  const account = readInTime ? counted(drawn, believed) : drawn;
  return {
    ...session,
    ...(plug(charger) === 'plugged' && { seenAt: now, waitsFrom: now }),
    ...(on && !session.charging && { earlier: { ...session, earlier: undefined } }),
    account,
    kWh: Math.max(session.kWh, kWhOf(account)),
    peakAmps: Math.max(session.peakAmps, actualAmps(charger) ?? 0),
    vin: charger.vin.type === 'known' ? charger.vin.text : session.vin,
    charging: on,
    charged: session.charged || on,
    watts,
    at: now,
    outdated: session.outdated && believed === undefined,
  };
}

/** Whether what the charger tells now can not belong to this session: too late, another car, or energy that nobody can have drawn. */
export function isAnother({ vin, account, waitsFrom }: Session, charger: Charger): boolean {
  const { believed } = charger.energy;
  if (waitsFrom === Number.NEGATIVE_INFINITY) return true;
  const otherCar = vin !== '' && charger.vin.type === 'known' && charger.vin.text !== vin;
  return otherCar || (believed !== undefined && !canFollow(account, believed));
}

/** The session of the car that charges now, since then, cut off from the one that it was taken for. */
export function cutOff(session: Session, { energy }: Charger, since: number): Session {
  const before = kWhOf(session.account) - kWhOf(session.earlier?.account ?? session.account);
  const counter = energy.believed && { counter: { ...energy.believed, moved: false } };
  const account = { ...emptyAccount, known: counter !== undefined, before, ...counter };
  const { charger, start, startedAt, watts, at } = session;
  return { ...begun(charger, since, start + since - startedAt, at), account, watts };
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
  const { charger, account, peakAmps, vin } = session;
  const seconds = secondsOf(session);
  const start = Math.floor(session.start / 1_000) * 1_000;
  return {
    charger,
    start: isoTime(start, zone),
    end: isoTime(start + seconds * 1_000, zone),
    seconds,
    kWh: Math.round(kWhOf(account) * 1_000) / 1_000,
    energyFrom: energyFrom(account),
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
  const { charger, start, kWh, peakAmps, vin, charged, over, account } = session;
  const { counter, ...amounts } = account;
  const kept = counter && { counter: { counter: counter.counter, unit: counter.unit, moved: counter.moved } };
  const seconds = secondsOf(session);
  return { charger, start, seconds, kWh, peakAmps, vin, charged, over, account: { ...amounts, ...kept } };
}

/** A saved session when the bridge is back. It is over if the bridge was away for too long by the wall clock. */
export function fromSaved({ seconds, account, ...kept }: SavedSession, now: number, wallNow: number): Session {
  // A clock that was set back tells nothing about how long we were away.
  const absence = Math.max(0, wallNow - kept.start - seconds * 1_000);
  const seenAt = now - Math.min(absence, LONGEST_ABSENCE);
  const { counter, ...amounts } = account;
  return {
    ...begun(kept.charger, seenAt - seconds * 1_000, kept.start, now),
    ...kept,
    seenAt,
    waitsFrom: absence > LONGEST_ABSENCE ? Number.NEGATIVE_INFINITY : now,
    account: { ...amounts, ...(counter && { counter: { ...counter, at: seenAt } }) },
    outdated: !kept.over,
  };
}

function takesNothing({ heartbeat, offer, online }: Charger, now: number): boolean {
  const offered = offer !== undefined && offer.amps > 0 && now - offer.at >= TAKES_A_LIMIT_WITHIN;
  return online && offered && isState(heartbeat, 'ready') && heartbeat?.limitAmps === 0;
}
