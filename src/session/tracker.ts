// The charging sessions of all chargers: when one begins and ends, what is shown of it, and what survives a restart.

import type { Charger } from '../charger/charger.ts';
import { confirmed, type Fleet } from '../charger/fleet.ts';
import { plug } from '../charger/plug.ts';
import type { TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';
import type { SessionRecord } from './record.ts';
import type { SavedSessions } from './saved.ts';
import {
  begun,
  cutOff,
  dated,
  followed,
  fromSaved,
  isAnother,
  isoTime,
  type Session,
  secondsOf,
  sessionWakeAt,
  toRecord,
  toSaved,
} from './session.ts';

export interface SessionSettings {
  /** The sessions known from before a restart. */
  readonly sessions: readonly SavedSessions[];
  /** Epoch milliseconds of a monotonic moment. */
  readonly wallClock: (now: number) => number;
  /** In which times of the day are written: IANA, or `system`. */
  readonly zone: string;
}

/** The newest session of a charger, over or not. */
export interface ShownSession {
  /** Undefined when it is not known. */
  readonly kWh: number | undefined;
  readonly start: string;
  /** The same in epoch milliseconds. */
  readonly startsAt: number;
  /** Whole minutes while it goes on. */
  readonly seconds: number;
  readonly last: SessionRecord | undefined;
}

export interface SessionTracker {
  /** Something was heard, or time passed: the sessions that are over now. */
  advance(fleet: Fleet, now: number): readonly SessionRecord[];
  /** The same map as long as it shows the same. */
  readonly shown: ReadonlyMap<TwcId, ShownSession>;
  /** The same list for a minute, unless a session began or ended. */
  readonly saved: readonly SavedSessions[];
  /** What is to be saved is the newest. */
  saveSoon(): void;
  readonly wakeAt: number;
}

interface Tracked {
  session: Session | undefined;
  last: SessionRecord | undefined;
  pluggedSince: number | undefined;
  /** The charger as it was looked at last. */
  seen: Charger | undefined;
}

const SAVED_EVERY = 60_000;
/** Chargers that are gone are kept for a while, but not all that ever were on the bus. */
const MOST_KEPT = 8;

export function createSessionTracker(
  { sessions, wallClock, zone }: SessionSettings,
  startedAt: number,
): SessionTracker {
  const tracked = new Map<TwcId, Tracked>(
    sessions.map(({ session, last }) => [
      session.charger,
      { session: fromSaved(session, startedAt, wallClock(startedAt)), last, pluggedSince: undefined, seen: undefined },
    ]),
  );
  let shown: ReadonlyMap<TwcId, ShownSession> = new Map();
  let list = sessions;
  let listed = '';
  let listedAt = startedAt;
  let watched: Fleet | undefined;
  /** From when on there is something to see although no charger has changed. */
  let dueAt = Number.NEGATIVE_INFINITY;

  /** Looks at one charger; gives its sessions that are over. */
  function look(one: Tracked, charger: Charger | undefined, now: number): SessionRecord[] {
    const over: SessionRecord[] = [];
    if (charger && charger !== one.seen) over.push(...learn(one, charger, now));
    one.seen = charger;
    if (one.session && now >= sessionWakeAt(one.session, charger, now)) over.push(...finish(one, one.session));
    return over;
  }

  function learn(one: Tracked, charger: Charger, now: number): SessionRecord[] {
    one.pluggedSince = plug(charger) === 'plugged' ? (one.pluggedSince ?? now) : undefined;
    const { session } = one;
    if (!session || session.over) {
      if (begins(charger)) one.session = followed(newSession(charger, one.pluggedSince ?? now, now), charger, now);
      return [];
    }
    if (!isAnother(session, charger)) {
      one.session = dated(followed(session, charger, now), now, wallClock(now));
      return [];
    }
    const over = finish(one, session.earlier ?? session);
    const { charging } = charger;
    if (charging.on) one.session = followed(cutOff(session, charger, charging.since), charger, now);
    return over;
  }

  function newSession({ id }: Charger, since: number, now: number): Session {
    return begun(id, since, wallClock(now) - (now - since), now);
  }

  function finish(one: Tracked, session: Session): SessionRecord[] {
    one.session = { ...session, earlier: undefined, over: true };
    if (!session.charged) return [];
    one.last = toRecord(session, zone);
    return [one.last];
  }

  function show(): void {
    const newest = new Map<TwcId, ShownSession>();
    let same = true;
    for (const [id, { session, last }] of tracked) {
      if (!session) continue;
      const before = shown.get(id);
      const now = view(session, last, before);
      newest.set(id, now);
      same &&= now === before;
    }
    if (!same || newest.size !== shown.size) shown = newest;
  }

  function view(session: Session, last: SessionRecord | undefined, before: ShownSession | undefined): ShownSession {
    const seconds = session.over ? secondsOf(session) : Math.floor(secondsOf(session) / 60) * 60;
    const kWh = session.account.known && !session.outdated ? Math.round(session.kWh * 100) / 100 : undefined;
    const startsAt = session.start;
    const sameStart = before?.startsAt === startsAt;
    if (sameStart && before.kWh === kWh && before.seconds === seconds && before.last === last) return before;
    return { kWh, start: sameStart ? before.start : isoTime(startsAt, zone), startsAt, seconds, last };
  }

  /** Where a session began or ended it is saved at once, since what was recorded must not be recorded again. */
  function note(now: number): void {
    const all = [...tracked.values()].flatMap(({ session, last }) => (session ? [{ session, last }] : []));
    const key = all.map(({ session: { charger, start, over, vin } }) => `${charger} ${start} ${over} ${vin}`).join();
    if (key === listed && (now - listedAt < SAVED_EVERY || all.every(({ session }) => session.over))) return;
    listed = key;
    listedAt = now;
    list = all.map(({ session, last }) => ({ session: toSaved(session), ...(last && { last }) }));
  }

  function nextEnd(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { session, seen } of tracked.values()) {
      if (session && !session.over) next = Math.min(next, sessionWakeAt(session, seen, session.at));
    }
    return next;
  }

  return {
    advance(fleet, now) {
      if (fleet === watched && now < dueAt) return [];
      watched = fleet;
      for (const { id } of confirmed(fleet)) {
        if (!tracked.has(id))
          tracked.set(id, { session: undefined, last: undefined, pluggedSince: undefined, seen: undefined });
      }
      const over: SessionRecord[] = [];
      for (const [id, one] of tracked) {
        over.push(...look(one, fleet.get(id), now));
        if (tracked.size > MOST_KEPT && !fleet.has(id) && one.session?.over !== false) tracked.delete(id);
      }
      show();
      note(now);
      dueAt = nextEnd();
      return over;
    },
    get shown() {
      return shown;
    },
    get saved() {
      return list;
    },
    saveSoon() {
      listedAt = Number.NEGATIVE_INFINITY;
      dueAt = Number.NEGATIVE_INFINITY;
    },
    get wakeAt() {
      return nextEnd();
    },
  };
}

/** A car that is plugged in, but not one that only wakes up: those that are full do so, and show it as "do not charge". */
function begins(charger: Charger): boolean {
  const { charging, heartbeat } = charger;
  return charging.on || (plug(charger) === 'plugged' && !isState(heartbeat, 'doNotCharge'));
}
