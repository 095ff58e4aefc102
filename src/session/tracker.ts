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
  /** Undefined where it was never known. */
  readonly kWh: number | undefined;
  readonly start: string;
  /** The same in epoch milliseconds. */
  readonly startsAt: number;
  /** Whole minutes while it goes on. */
  readonly seconds: number;
  readonly last: SessionRecord | undefined;
}

interface Tracked {
  session: Session | undefined;
  last: SessionRecord | undefined;
  pluggedSince: number | undefined;
  /** The charger as it was looked at last. */
  seen: Charger | undefined;
  /** Whether the energy of a session was ever known. */
  known: boolean;
}

const SAVED_EVERY = 60_000;
/** Chargers that are gone are kept for a while, but not all that ever were on the bus. */
const MOST_KEPT = 8;

export class SessionTracker {
  readonly #settings: SessionSettings;
  readonly #tracked: Map<TwcId, Tracked>;
  #shown: ReadonlyMap<TwcId, ShownSession> = new Map();
  #saved: readonly SavedSessions[];
  /** The sessions that the saved list was made of, and when. */
  #savedSessions: readonly Session[] = [];
  #savedAt: number;
  #fleet: Fleet | undefined;
  /** From when on there is something to see although no charger has changed. */
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor(settings: SessionSettings, startedAt: number) {
    const { sessions, wallClock } = settings;
    this.#settings = settings;
    this.#saved = sessions;
    this.#savedAt = startedAt;
    this.#tracked = new Map(
      sessions.map(({ session: saved, last }) => [
        saved.charger,
        {
          ...untracked,
          session: fromSaved(saved, startedAt, wallClock(startedAt)),
          last,
          known: saved.power !== 'none',
        },
      ]),
    );
  }

  /** The newest session of each charger; the same map as long as it shows the same. */
  get shown(): ReadonlyMap<TwcId, ShownSession> {
    return this.#shown;
  }

  /** The same list until what is published of a session is another, or a minute is over. */
  get saved(): readonly SavedSessions[] {
    return this.#saved;
  }

  /** Something was heard, or time passed: the sessions that are over now. */
  advance(fleet: Fleet, now: number): readonly SessionRecord[] {
    if (fleet === this.#fleet && now < this.#dueAt) return [];
    this.#fleet = fleet;
    for (const { id } of confirmed(fleet)) if (!this.#tracked.has(id)) this.#tracked.set(id, { ...untracked });
    const over: SessionRecord[] = [];
    for (const [id, one] of this.#tracked) {
      const charger = fleet.get(id);
      if (charger === one.seen && now < this.#dueAt) continue;
      over.push(...this.#look(one, charger, now));
      const isSurplus = this.#tracked.size > MOST_KEPT && !fleet.has(id) && one.session?.over !== false;
      if (isSurplus) this.#tracked.delete(id);
    }
    this.#show();
    this.#save(now);
    this.#dueAt = this.wakeAt;
    return over;
  }

  /** What is to be saved is the newest. */
  saveSoon(): void {
    this.#savedAt = Number.NEGATIVE_INFINITY;
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  get wakeAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { session, seen } of this.#tracked.values()) {
      if (session && !session.over) next = Math.min(next, sessionWakeAt(session, seen, session.at));
    }
    return next;
  }

  /** Looks at one charger; gives its sessions that are over. */
  #look(one: Tracked, charger: Charger | undefined, now: number): SessionRecord[] {
    const over: SessionRecord[] = [];
    if (charger && charger !== one.seen) over.push(...this.#learn(one, charger, now));
    one.seen = charger;
    if (one.session && now >= sessionWakeAt(one.session, charger, now)) over.push(...this.#end(one, one.session));
    return over;
  }

  #learn(one: Tracked, charger: Charger, now: number): SessionRecord[] {
    one.pluggedSince = plug(charger) === 'plugged' ? (one.pluggedSince ?? now) : undefined;
    const { session } = one;
    if (!session || session.over) {
      if (begins(charger)) one.session = followed(this.#begin(charger, one.pluggedSince ?? now, now), charger, now);
      return [];
    }
    if (!isAnother(session, charger)) {
      one.session = dated(followed(session, charger, now), now, this.#settings.wallClock(now));
      return [];
    }
    const over = this.#end(one, session.earlier ?? session);
    const { charging } = charger;
    if (charging.on) one.session = followed(cutOff(session, charger, charging.since), charger, now);
    return over;
  }

  #begin(charger: Charger, since: number, now: number): Session {
    return begun(charger, since, this.#settings.wallClock(now) - (now - since), now);
  }

  #end(one: Tracked, session: Session): SessionRecord[] {
    one.session = { ...session, earlier: undefined, over: true };
    if (!session.charged) return [];
    one.last = toRecord(session, this.#settings.zone);
    return [one.last];
  }

  #show(): void {
    let sessions = 0;
    const changed: [TwcId, ShownSession][] = [];
    for (const [id, one] of this.#tracked) {
      if (!one.session) continue;
      sessions++;
      const before = this.#shown.get(id);
      const now = this.#view(one, one.session, before);
      if (now !== before) changed.push([id, now]);
    }
    if (changed.length === 0 && sessions === this.#shown.size) return;
    const kept = [...this.#shown].filter(([id]) => this.#tracked.get(id)?.session);
    this.#shown = new Map([...kept, ...changed]);
  }

  #view(one: Tracked, session: Session, before: ShownSession | undefined): ShownSession {
    one.known ||= session.power !== 'none';
    const { last } = one;
    const seconds = session.over ? secondsOf(session) : Math.floor(secondsOf(session) / 60) * 60;
    // A session whose energy is not known must not show that of the session before.
    const kWh = one.known ? shownKWh(session) : undefined;
    const startsAt = session.start;
    const sameStart = before?.startsAt === startsAt;
    if (sameStart && before.kWh === kWh && before.seconds === seconds && before.last === last) return before;
    const start = sameStart ? before.start : isoTime(startsAt, this.#settings.zone);
    return { kWh, start, startsAt, seconds, last };
  }

  /**
   * What subscribers have seen is saved at once, so that a bridge that is killed does not say less than before, and the energy
   * whenever that of the charger is, of which it is a part: what lies between the two would be lost. And where a session began or
   * ended, since what was recorded must not be recorded again.
   */
  #save(now: number): void {
    const all = [...this.#tracked.values()].flatMap(({ session, last }) => (session ? [{ session, last }] : []));
    const before = this.#savedSessions;
    const same = before.length === all.length && all.every(({ session }, i) => isSavedAlike(session, before[i]));
    if (same && (now - this.#savedAt < SAVED_EVERY || all.every(({ session }) => session.over))) return;
    this.#savedSessions = all.map(({ session }) => session);
    this.#savedAt = now;
    this.#saved = all.map(({ session, last }) => ({ session: toSaved(session), ...(last && { last }) }));
  }
}

const untracked: Tracked = {
  session: undefined,
  last: undefined,
  pluggedSince: undefined,
  seen: undefined,
  known: false,
};

/** A car that is plugged in, but not one that only wakes up: those that are full do so, and show it as "do not charge". */
function begins(charger: Charger): boolean {
  const { charging, heartbeat } = charger;
  return charging.on || (plug(charger) === 'plugged' && !isState(heartbeat, 'doNotCharge'));
}

function shownKWh({ amounts }: Session): number {
  return Math.round(amounts.kWh * 100) / 100;
}

/** Nothing in which they differ has to be saved at once. */
function isSavedAlike(one: Session, other: Session | undefined): boolean {
  if (one === other) return true;
  if (one.charger !== other?.charger || one.start !== other.start || one.over !== other.over) return false;
  return one.vin === other.vin && one.amounts.kWh === other.amounts.kWh;
}
