// The bus side of the bridge: bytes become knowledge of the chargers, and what is to be said becomes bytes.

import {
  advanceFleet,
  type Fleet,
  fleetCalled,
  fleetOfOthers,
  fleetWakeAt,
  fleetWithMessage,
  fleetWithout,
  fleetWithSent,
  senderOf,
} from '../charger/fleet.ts';
import { logLines } from '../charger/log-lines.ts';
import { type SavedCharger, SavedChargers, savedFleet } from '../charger/saved.ts';
import type { Targets } from '../control/targets.ts';
import { decode, versionOf } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message } from '../protocol/messages.ts';
import { Cutter, wire } from '../protocol/slip.ts';
import { describeFinding, type Finding } from './finding.ts';
import type { FindingInput } from './finding-row.ts';
import { createFindingTracker } from './finding-tracker.ts';
import { findings } from './findings.ts';
import { Listener } from './listener.ts';
import { Master } from './master.ts';
import { Refusals } from './refusals.ts';
import { Replayer } from './replayer.ts';
import type { BusRole } from './role.ts';
import type { BusSettings, Log } from './settings.ts';
import { type BusCounts, busCounts, Statistics } from './statistics.ts';
import { MOST_SLAVES } from './unit-findings.ts';

/** What a known charger tells, and time alone, become findings this soon; all else does at once. */
const FINDINGS_EVERY = 1_000;

const logLevels = { problem: 'warn', hint: 'info' } as const;

/** Times are monotonic milliseconds. */
export class Bus {
  readonly statistics: Statistics;
  readonly #settings: BusSettings;
  readonly #log: Log;
  readonly #cutter = new Cutter();
  readonly #findingTracker = createFindingTracker();
  readonly #refusals: Refusals;
  #fleet: Fleet;
  #role: BusRole | undefined;
  /** Another master is on our bus. */
  #otherMaster = false;
  readonly #saved: SavedChargers;
  /** Why the link is down; none before the first try. */
  #linkFindings: readonly Finding[] = [];
  #findings: readonly Finding[] = [];
  #findingsAt = Number.NEGATIVE_INFINITY;
  /** Something came that may be a finding at once. */
  #stale = true;

  constructor(settings: BusSettings, log: Log, startedAt: number) {
    this.#settings = settings;
    this.#log = log;
    this.statistics = new Statistics(startedAt);
    this.#refusals = new Refusals((text) => log('warn', text));
    const { savedChargers, chargerSettings, wallClock } = settings;
    this.#saved = new SavedChargers(savedChargers, wallClock);
    this.#fleet = savedFleet(savedChargers, chargerSettings, startedAt, wallClock(startedAt));
  }

  get fleet(): Fleet {
    return this.#fleet;
  }

  /** What to save of the chargers; the same list as long as that is the same. */
  get savedChargers(): readonly SavedCharger[] {
    return this.#saved.chargers;
  }

  opened(now: number): void {
    this.#stale = true;
    this.#role = this.#roleFrom(now);
    if (this.#speaks) this.#fleet = fleetCalled(this.#fleet, now);
  }

  /** `reason`: what is to be shown as a problem, undefined for nothing. */
  closed(reason: string | undefined): void {
    this.#stale = true;
    this.#role = undefined;
    this.#linkFindings = reason === undefined ? [] : [{ level: 'problem', text: reason, advice: '' }];
    this.#findingTracker.forget();
  }

  received(bytes: Uint8Array, now: number): void {
    this.#role?.activity(now);
    this.statistics.bytes(bytes, now);
    for (const cut of this.#cutter.cut(bytes, now)) {
      if (cut.frame) this.#receivedFrame(cut.frame, now);
      else {
        this.#log('debug', () => `noise of ${cut.length} bytes, ${cut.noise}`);
        this.statistics.fault(cut.noise, cut.length);
      }
    }
  }

  /** Time passed. */
  advance(now: number): void {
    this.statistics.advance(now);
    this.#refusals.advance(now);
    if (this.#role?.advance(now)) this.#stale = true;
    this.#noteOtherMaster(now);
    this.#setFleet(advanceFleet(this.#fleet, now));
    this.#saved.update(this.#fleet);
  }

  /** A charger is not to be known any more; false if it is there, or may be using its amps. */
  forget(id: TwcId, now: number): boolean {
    const before = this.#fleet;
    this.#fleet = fleetWithout(before, id, now);
    return this.#fleet !== before;
  }

  /** The bytes of the wire to send now. */
  nextFrame(targets: Targets, now: number): Uint8Array | undefined {
    const outgoing = this.#role?.nextFrame(this.#fleet, targets, now);
    if (!outgoing) return undefined;
    const { message, frame } = outgoing;
    this.#log('debug', () => `said ${JSON.stringify(message)}`);
    this.#fleet = fleetWithSent(this.#fleet, message, now);
    return wire(frame);
  }

  /** Tells the chargers that the master ends; true when that is done. */
  shutdown(): boolean {
    return this.#role?.shutdown(this.#fleet) ?? true;
  }

  /** What is to be known of the bus; the same list as long as it is the same. */
  findings(targets: Targets, now: number): readonly Finding[] {
    if (!this.#stale && now - this.#findingsAt < FINDINGS_EVERY) return this.#findings;
    this.#stale = false;
    this.#findingsAt = now;
    const input = this.#findingInput(targets, now);
    const found = input ? this.#findingTracker.update(input) : this.#linkFindings;
    for (const one of found) {
      if (!this.#findings.includes(one)) this.#log(logLevels[one.level], `${one.level}: ${describeFinding(one)}`);
    }
    this.#findings = found;
    return found;
  }

  /** What is so at this very moment, however short it may last. */
  findingsNow(targets: Targets, now: number): readonly Finding[] {
    const input = this.#findingInput(targets, now);
    return input ? findings(input) : this.#linkFindings;
  }

  /** No other master was heard beside which we must not speak. */
  mayAsk(now: number): boolean {
    return this.#role?.otherMaster(now) === undefined;
  }

  /** The statistics in the few numbers that are published. */
  readonly counts = (now: number): BusCounts => busCounts(this.statistics, now);

  wakeAt(now: number): number {
    const role = this.#role?.wakeAt(this.#fleet, now) ?? Number.POSITIVE_INFINITY;
    return Math.min(fleetWakeAt(this.#fleet), this.statistics.wakeAt, role);
  }

  get #speaks(): boolean {
    return this.#settings.mode === 'master' && !this.#settings.silent;
  }

  #roleFrom(now: number): BusRole {
    const { id, replayedFrame } = this.#settings;
    if (!this.#speaks) return new Listener(id);
    const settings = { ...this.#settings, openedAt: now, statistics: this.statistics, log: this.#log };
    return replayedFrame ? new Replayer(settings, replayedFrame) : new Master(settings);
  }

  #receivedFrame(frame: Uint8Array, now: number): void {
    const decoded = decode(frame);
    if (!decoded.valid) {
      this.#stale = true;
      this.#log('debug', `bad frame, ${decoded.reason}`);
      this.statistics.fault(decoded.reason, frame.length);
      return;
    }
    this.#log('debug', () => `heard ${JSON.stringify(decoded.message)}`);
    this.statistics.frame();
    const message = this.#role?.received(frame, decoded.message, this.#fleet, now);
    if (!message || !this.#tellsAgain(message)) this.#stale = true;
    if (message) this.#learn(message, frame, now);
    this.#noteOtherMaster(now);
  }

  /** Whether it comes from a unit that has already told of itself. */
  #tellsAgain(message: Message): boolean {
    const id = senderOf(message);
    return id !== undefined && this.#fleet.get(id)?.heartbeat !== undefined;
  }

  /** What another master tells the chargers is not known: nothing that we knew of them is so any longer. */
  #noteOtherMaster(now: number): void {
    if (!this.#speaks) return;
    const heard = this.#role?.otherMaster(now) !== undefined;
    if (heard === this.#otherMaster) return;
    this.#otherMaster = heard;
    this.#fleet = heard ? fleetOfOthers(this.#fleet) : fleetCalled(fleetOfOthers(this.#fleet), now);
  }

  #learn(message: Message, frame: Uint8Array, now: number): void {
    this.#fleet = fleetWithSent(this.#fleet, message, now);
    const id = senderOf(message);
    if (id === undefined) return;
    // Beside a genuine master there is one unit more: the master itself.
    const most = this.#settings.mode === 'master' ? MOST_SLAVES : MOST_SLAVES + 1;
    const heard = { message, version: versionOf(frame) };
    const after = fleetWithMessage(this.#fleet, id, heard, { ...this.#settings, most }, now);
    if (after) this.#setFleet(after);
    else this.#refusals.refuse(id, [...this.#fleet.keys()], now);
  }

  #setFleet(after: Fleet): void {
    for (const [id, charger] of after) {
      const before = this.#fleet.get(id);
      if (charger === before) continue;
      this.#refusals.accept(id);
      for (const { level, text } of logLines(before, charger)) this.#log(level, text);
    }
    this.#fleet = after;
  }

  #findingInput(targets: Targets, now: number): FindingInput | undefined {
    if (!this.#role) return undefined;
    return {
      now,
      mode: this.#settings.mode,
      speaks: this.#speaks,
      recent: this.statistics.recent(now),
      repeats: this.statistics.repeats,
      observations: this.#role.observations(this.#fleet, now),
      fleet: this.#fleet,
      limits: this.#settings.limits,
      targets,
      refused: this.#refusals.ids,
    };
  }
}
