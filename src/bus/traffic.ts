// The bus side of the bridge: bytes become knowledge of the chargers, and what is to be said becomes bytes.

import type { EnergyUnit } from '../charger/energy.ts';
import { aged, commanded, confirmed, type Fleet, met, nextChange, speaker } from '../charger/fleet.ts';
import { news } from '../charger/news.ts';
import { type ChargerRecord, record, remembered, sameRecords } from '../charger/record.ts';
import type { Limits } from '../charger/share.ts';
import type { Wishes } from '../charger/wishes.ts';
import { decode, encode, type Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message } from '../protocol/messages.ts';
import { createCutter, wire } from '../protocol/slip.ts';
import { type Bus, createListener } from './bus.ts';
import { findings, MOST_SLAVES, type Seen } from './diagnosis.ts';
import { type Finding, inOneLine } from './finding.ts';
import { createMaster } from './master.ts';
import { badShare, createStatistics, type Statistics } from './statistics.ts';
import { createVerdict } from './verdict.ts';

export interface TrafficSettings {
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
  readonly remembered: readonly ChargerRecord[];
  /** In a replay: gives what was said then, once, and nothing else is said. */
  readonly saidThen?: () => Uint8Array | undefined;
}

/** A text that takes time to make is given as a function: it may be that nobody wants it. */
export type Log = (level: 'warn' | 'info' | 'debug', text: string | (() => string)) => void;

export interface Traffic {
  readonly fleet: Fleet;
  /** What to remember of the chargers; the same list as long as that is the same. */
  readonly records: readonly ChargerRecord[];
  opened(now: number): void;
  /** `reason`: what is to be shown as a problem, undefined for nothing. */
  closed(reason: string | undefined): void;
  hears(bytes: Uint8Array, now: number): void;
  /** Time passed. */
  ages(now: number): void;
  /** The bytes to send now. */
  speaks(wishes: Wishes, now: number): Uint8Array | undefined;
  /** Tells the chargers that nobody will speak any more; true when that is done. */
  leaves(): boolean;
  /** What is to be known of the bus; the same list as long as it is the same. */
  findings(wishes: Wishes, now: number): readonly Finding[];
  /** What is so at this very moment, however short it may last. */
  impression(wishes: Wishes, now: number): readonly Finding[];
  /** Nobody was heard beside whom we must not speak. */
  mayAsk(now: number): boolean;
  readonly statistics: Pick<Statistics, 'total' | 'recent' | 'lastByteAt'>;
  /** The statistics in the few numbers that are published. */
  counts(now: number): {
    readonly frames: number;
    readonly checksumErrors: number;
    readonly badShare: number | undefined;
  };
  wakeAt(now: number): number;
}

/** A refused unit is reported for this long after it was last heard: it announces itself every 10 s. */
const REFUSED_FOR = 30_000;

/** Without a frame little is new, and most steps are for other things. */
const LOOKED_EVERY = 250;

const logged = { problem: 'warn', hint: 'info' } as const;

export function createTraffic(settings: TrafficSettings, log: Log, startedAt: number): Traffic {
  const most = settings.mode === 'master' ? MOST_SLAVES : MOST_SLAVES + 1;
  const speaks = settings.mode === 'master' && !settings.silent;
  const cutter = createCutter();
  const statistics = createStatistics(startedAt);
  const verdict = createVerdict();
  /** Units for which there is no room, and when they were last heard. */
  const refused = new Map<TwcId, number>();
  let fleet: Fleet = new Map(settings.remembered.map((known) => [known.id, remembered(known, startedAt)]));
  let bus: Bus | undefined;
  let records = settings.remembered;
  /** The fleet that the records were made of. */
  let recorded: Fleet | undefined;
  /** Why the link is down; none before the first try. */
  let down: readonly Finding[] = [];
  /** The findings that the log has. */
  let told: readonly Finding[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** Something came that may be a finding at once. */
  let stirred = true;

  function take(frame: Uint8Array, now: number): void {
    stirred = true;
    const decoded = decode(frame);
    if (!decoded.valid) {
      log('debug', `bad frame, ${decoded.reason}`);
      statistics.fault(decoded.reason, frame.length);
      return;
    }
    log('debug', () => `heard ${JSON.stringify(decoded.message)}`);
    statistics.frame();
    const message = bus?.hears(frame, decoded.message, fleet, now);
    if (message) learn(message, frame.length === 14 ? 1 : 2, now);
  }

  function learn(message: Message, version: Version, now: number): void {
    if (message.name === 'masterHeartbeatLimit') {
      fleet = commanded(fleet, message.receiver, message.limitAmps, now);
      return;
    }
    const id = speaker(message);
    if (id === undefined) return;
    const after = met(fleet, id, message, version, settings.energyUnit, most, now);
    if (after) change(after);
    else refuse(id, now);
  }

  function noteSaid(message: Message, now: number): void {
    log('debug', () => `said ${JSON.stringify(message)}`);
    if (message.name === 'masterHeartbeatLimit') fleet = commanded(fleet, message.receiver, message.limitAmps, now);
  }

  function repeat(bytes: Uint8Array | undefined, now: number): Uint8Array | undefined {
    const frame = bytes && createCutter().cut(bytes, now)[0]?.frame;
    const decoded = frame ? decode(frame) : undefined;
    if (!frame || !decoded?.valid) return undefined;
    bus?.repeats(frame, now);
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
      for (const { level, text } of news(before, charger)) log(level, text);
    }
    fleet = after;
  }

  function noteRecords(): void {
    if (fleet === recorded) return;
    recorded = fleet;
    const newest = confirmed(fleet).map(record);
    if (!sameRecords(newest, records)) records = newest;
  }

  function look(wishes: Wishes, now: number): Seen | undefined {
    if (!bus) return undefined;
    return {
      now,
      mode: settings.mode,
      speaks,
      recent: statistics.recent(now),
      repeats: statistics.repeats,
      sightings: bus.sees(fleet, now),
      fleet,
      wishes,
      refused: [...refused.keys()],
    };
  }

  return {
    get fleet() {
      return fleet;
    },
    get records() {
      return records;
    },
    opened(now) {
      stirred = true;
      bus = speaks ? createMaster({ ...settings, openedAt: now, statistics, log }) : createListener(settings.id);
    },
    closed(reason) {
      stirred = true;
      bus = undefined;
      down = reason === undefined ? [] : [{ level: 'problem', text: reason, advice: '' }];
      verdict.forget();
    },
    hears(bytes, now) {
      bus?.stirred(now);
      statistics.bytes(bytes, now);
      for (const cut of cutter.cut(bytes, now)) {
        if (cut.frame) take(cut.frame, now);
        else {
          log('debug', () => `noise of ${cut.length} bytes, ${cut.noise}`);
          statistics.fault(cut.noise, cut.length);
        }
      }
    },
    ages(now) {
      statistics.ages(now);
      if (bus?.ages(now)) stirred = true;
      change(aged(fleet, now));
      noteRecords();
      for (const [id, heardAt] of refused) if (now - heardAt > REFUSED_FOR) refused.delete(id);
    },
    speaks(wishes, now) {
      if (settings.saidThen) return repeat(settings.saidThen(), now);
      const utterance = bus?.speaks(fleet, wishes, now);
      if (!utterance) return undefined;
      const { message, version } = utterance;
      noteSaid(message, now);
      return wire(encode(message, version));
    },
    leaves: () => bus?.leaving(fleet) ?? true,
    findings(wishes, now) {
      if (!stirred && now - lookedAt < LOOKED_EVERY) return told;
      stirred = false;
      lookedAt = now;
      const seen = look(wishes, now);
      const found = seen ? verdict.judge(seen) : down;
      for (const one of found) if (!told.includes(one)) log(logged[one.level], `${one.level}: ${inOneLine(one)}`);
      told = found;
      return found;
    },
    impression(wishes, now) {
      const seen = look(wishes, now);
      return seen ? findings(seen) : down;
    },
    mayAsk: (now) => bus?.sees(fleet, now).master === undefined,
    statistics,
    counts(now) {
      const recent = statistics.recent(now);
      return { frames: recent.frames, checksumErrors: statistics.total.checksum, badShare: badShare(recent) };
    },
    wakeAt(now) {
      const speaksAt = settings.saidThen ? undefined : bus?.wakeAt(fleet, now);
      return Math.min(nextChange(fleet), statistics.nextAt, speaksAt ?? Number.POSITIVE_INFINITY);
    },
  };
}
