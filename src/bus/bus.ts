// The bus side of the bridge: bytes become knowledge of the chargers, and what is to be said becomes bytes.

import type { EnergyUnit } from '../charger/energy.ts';
import {
  advanceFleet,
  confirmed,
  type Fleet,
  fleetWakeAt,
  fleetWithMessage,
  senderOf,
  withOffer,
} from '../charger/fleet.ts';
import { logLines } from '../charger/log-lines.ts';
import { fromSaved, type SavedCharger, sameSaved, toSaved } from '../charger/saved.ts';
import type { Limits } from '../control/limits.ts';
import type { Targets } from '../control/targets.ts';
import { decode, encode, type Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message } from '../protocol/messages.ts';
import { createCutter, wire } from '../protocol/slip.ts';
import { describeFinding, type Finding } from './finding.ts';
import { createFindingTracker } from './finding-tracker.ts';
import { type FindingInput, findings, MOST_SLAVES } from './findings.ts';
import { createListener } from './listener.ts';
import { createMaster } from './master.ts';
import type { BusRole } from './role.ts';
import { type BusCounts, busCounts, createStatistics, type Statistics } from './statistics.ts';

export interface BusSettings {
  /** `listen`: a genuine master is on the bus and nothing is ever sent. */
  readonly mode: 'master' | 'listen';
  /** A master that says nothing: to find out what is wrong. */
  readonly silent?: boolean;
  /** Our own TWCID as master. */
  readonly id: TwcId;
  readonly limits: Limits;
  readonly relay: boolean;
  readonly askPlugState: boolean;
  readonly energyUnit: EnergyUnit;
  /** The chargers known from before a restart. */
  readonly savedChargers: readonly SavedCharger[];
  /** In a replay: gives what was said then, once, and nothing else is said. */
  readonly replayedFrame?: () => Uint8Array | undefined;
}

/** A text that takes time to make is given as a function: it may be that nobody wants it. */
export type Log = (level: 'warn' | 'info' | 'debug', text: string | (() => string)) => void;

export interface Bus {
  readonly fleet: Fleet;
  /** What to remember of the chargers; the same list as long as that is the same. */
  readonly savedChargers: readonly SavedCharger[];
  opened(now: number): void;
  /** `reason`: what is to be shown as a problem, undefined for nothing. */
  closed(reason: string | undefined): void;
  received(bytes: Uint8Array, now: number): void;
  /** Time passed. */
  advance(now: number): void;
  /** The bytes to send now. */
  nextFrame(wishes: Targets, now: number): Uint8Array | undefined;
  /** Tells the chargers that nobody will speak any more; true when that is done. */
  shutdown(): boolean;
  /** What is to be known of the bus; the same list as long as it is the same. */
  findings(wishes: Targets, now: number): readonly Finding[];
  /** What is so at this very moment, however short it may last. */
  findingsNow(wishes: Targets, now: number): readonly Finding[];
  /** Nobody was heard beside whom we must not speak. */
  mayAsk(now: number): boolean;
  readonly statistics: Pick<Statistics, 'total' | 'recent' | 'lastByteAt'>;
  /** The statistics in the few numbers that are published. */
  counts(now: number): BusCounts;
  wakeAt(now: number): number;
}

/** A refused unit is reported for this long after it was last heard: it announces itself every 10 s. */
const REFUSED_FOR = 30_000;

/** Without a frame little is new, and most steps are for other things. */
const LOOKED_EVERY = 250;

const logged = { problem: 'warn', hint: 'info' } as const;

export function createBus(settings: BusSettings, log: Log, startedAt: number): Bus {
  const most = settings.mode === 'master' ? MOST_SLAVES : MOST_SLAVES + 1;
  const speaks = settings.mode === 'master' && !settings.silent;
  const cutter = createCutter();
  const statistics = createStatistics(startedAt);
  const findingTracker = createFindingTracker();
  /** Units for which there is no room, and when they were last heard. */
  const refused = new Map<TwcId, number>();
  let fleet: Fleet = new Map(settings.savedChargers.map((known) => [known.id, fromSaved(known, startedAt)]));
  let role: BusRole | undefined;
  let saved = settings.savedChargers;
  /** The fleet that the records were made of. */
  let savedFleet: Fleet | undefined;
  /** Why the link is down; none before the first try. */
  let down: readonly Finding[] = [];
  /** The findings that the log has. */
  let told: readonly Finding[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Something came that may be a finding at once. */
  let stale = true;

  function take(frame: Uint8Array, now: number): void {
    stale = true;
    const decoded = decode(frame);
    if (!decoded.valid) {
      log('debug', `bad frame, ${decoded.reason}`);
      statistics.fault(decoded.reason, frame.length);
      return;
    }
    log('debug', () => `heard ${JSON.stringify(decoded.message)}`);
    statistics.frame();
    const message = role?.received(frame, decoded.message, fleet, now);
    if (message) learn(message, frame.length === 14 ? 1 : 2, now);
  }

  function learn(message: Message, version: Version, now: number): void {
    if (message.name === 'masterHeartbeatLimit') {
      fleet = withOffer(fleet, message.receiver, message.limitAmps, now);
      return;
    }
    const id = senderOf(message);
    if (id === undefined) return;
    const after = fleetWithMessage(fleet, id, message, version, settings.energyUnit, most, now);
    if (after) change(after);
    else refuse(id, now);
  }

  function noteSaid(message: Message, now: number): void {
    log('debug', () => `said ${JSON.stringify(message)}`);
    if (message.name === 'masterHeartbeatLimit') fleet = withOffer(fleet, message.receiver, message.limitAmps, now);
  }

  function repeat(bytes: Uint8Array | undefined, now: number): Uint8Array | undefined {
    const frame = bytes && createCutter().cut(bytes, now)[0]?.frame;
    const decoded = frame ? decode(frame) : undefined;
    if (!frame || !decoded?.valid) return undefined;
    role?.replayed(frame, now);
    noteSaid(decoded.message, now);
    return bytes;
  }

  function refuse(id: TwcId, now: number): void {
    if (!refused.has(id)) {
      log('warn', `${id}: refused, there are ${MOST_SLAVES} slaves already: ${[...fleet.keys()].join(', ')}`);
    }
    refused.set(id, now);
  }

  function change(after: Fleet): void {
    for (const [id, charger] of after) {
      const before = fleet.get(id);
      if (charger === before) continue;
      refused.delete(id);
      for (const { level, text } of logLines(before, charger)) log(level, text);
    }
    fleet = after;
  }

  function noteRecords(): void {
    if (fleet === savedFleet) return;
    savedFleet = fleet;
    const newest = confirmed(fleet).map(toSaved);
    if (!sameSaved(newest, saved)) saved = newest;
  }

  function findingInput(wishes: Targets, now: number): FindingInput | undefined {
    if (!role) return undefined;
    return {
      now,
      mode: settings.mode,
      speaks,
      recent: statistics.recent(now),
      repeats: statistics.repeats,
      observations: role.observations(fleet, now),
      fleet,
      targets: wishes,
      refused: [...refused.keys()],
    };
  }

  return {
    get fleet() {
      return fleet;
    },
    get savedChargers() {
      return saved;
    },
    opened(now) {
      stale = true;
      role = speaks ? createMaster({ ...settings, openedAt: now, statistics, log }) : createListener(settings.id);
    },
    closed(reason) {
      stale = true;
      role = undefined;
      down = reason === undefined ? [] : [{ level: 'problem', text: reason, advice: '' }];
      findingTracker.forget();
    },
    received(bytes, now) {
      role?.activity(now);
      statistics.bytes(bytes, now);
      for (const cut of cutter.cut(bytes, now)) {
        if (cut.frame) take(cut.frame, now);
        else {
          log('debug', () => `noise of ${cut.length} bytes, ${cut.noise}`);
          statistics.fault(cut.noise, cut.length);
        }
      }
    },
    advance(now) {
      statistics.advance(now);
      if (role?.advance(now)) stale = true;
      change(advanceFleet(fleet, now));
      noteRecords();
      for (const [id, heardAt] of refused) if (now - heardAt > REFUSED_FOR) refused.delete(id);
    },
    nextFrame(wishes, now) {
      if (settings.replayedFrame) return repeat(settings.replayedFrame(), now);
      const utterance = role?.nextFrame(fleet, wishes, now);
      if (!utterance) return undefined;
      const { message, version } = utterance;
      noteSaid(message, now);
      return wire(encode(message, version));
    },
    shutdown: () => role?.shutdown(fleet) ?? true,
    findings(wishes, now) {
      if (!stale && now - lookedAt < LOOKED_EVERY) return told;
      stale = false;
      lookedAt = now;
      const seen = findingInput(wishes, now);
      const found = seen ? findingTracker.update(seen) : down;
      for (const one of found) if (!told.includes(one)) log(logged[one.level], `${one.level}: ${describeFinding(one)}`);
      told = found;
      return found;
    },
    findingsNow(wishes, now) {
      const seen = findingInput(wishes, now);
      return seen ? findings(seen) : down;
    },
    mayAsk: (now) => role?.observations(fleet, now).master === undefined,
    statistics,
    counts: (now) => busCounts(statistics, now),
    wakeAt(now) {
      const speaksAt = settings.replayedFrame ? undefined : role?.wakeAt(fleet, now);
      return Math.min(fleetWakeAt(fleet), statistics.wakeAt, speaksAt ?? Number.POSITIVE_INFINITY);
    },
  };
}
