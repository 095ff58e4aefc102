// The master: who is spoken to, when and about what (protocol 4.1 to 4.4). One transaction at a time; heartbeats first,
// then what is announced at the start, then questions. The worst answer pattern of three slaves costs three heartbeats
// and one question of at most 450 ms each, so no slave waits 2 s for its heartbeat.

import type { Charger } from '../charger/charger.ts';
import { type Fleet, isAddressed, senderOf } from '../charger/fleet.ts';
import { isWorthSending } from '../charger/offer.ts';
import type { Limits } from '../control/limits.ts';
import { mayReturn, nextOffer } from '../control/next-offer.ts';
import { raisesFrom } from '../control/sharing.ts';
import type { Targets } from '../control/targets.ts';
import { codeOf, encode, type Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { MasterMessage, Message } from '../protocol/messages.ts';
import { createLimitCommands } from './limit-command.ts';
import { createQuestionnaire } from './questions.ts';
import { Reception, type ReceptionSettings } from './reception.ts';
import { Relays } from './relays.ts';
import type { BusRole, Observations, Outgoing } from './role.ts';
import type { Statistics } from './statistics.ts';

export interface MasterSettings extends ReceptionSettings {
  readonly limits: Limits;
  readonly formerMaster: boolean;
  /** Whether the owner allows to work the relays of version 2 units. */
  readonly relay: boolean;
  /** Whether the owner allows to ask whether a car is plugged in. */
  readonly askPlugState: boolean;
  /** When the bus was opened, ms. */
  readonly openedAt: number;
  readonly statistics: Pick<Statistics, 'echo' | 'count'>;
}

/** A heartbeat to each slave this often. */
const HEARTBEAT_EVERY = 1_000;
/** Newcomers keep no other waiting: they come behind those due so soon, one by one, and meanwhile nothing is asked. */
const WELCOMED_AFTER = 250;
const WELCOME_TAKES = 500;
/** A character on the wire: ten bits at 9600 baud. */
const CHARACTER = 10 / 9.6;
/** How long after our last byte an answer may begin; real units answer within 150 ms. */
const ANSWER_WITHIN = 300;
/** Pause after an answer. */
const PAUSE = 100;
/** No frame is begun while bytes came this recently. */
const QUIET_FOR = 25;
/** A line that never falls quiet must not cost the chargers their heartbeats. */
const NOISE_AT_MOST = 100;
/** A genuine master is heard within about this time; listen that long before the first word. */
const LISTEN_FIRST = 1_000;
const SIGN = '77';
const HEARTBEAT_ANSWER = 0xfde0;
const announcements = ['masterLinkready1', 'masterLinkready2'] as const;
const ANNOUNCED_TIMES = 5;

interface Transaction {
  readonly to: TwcId;
  /** The second byte of the answer equals that of the request; linkready2 is not a transaction. */
  readonly answer: number;
  readonly until: number;
}

/** Least that every car takes, and what chargers are left with when their master goes (protocol 8.5). */
const SHUTDOWN_AMPS = 6;

export class Master implements BusRole {
  readonly #settings: MasterSettings;
  readonly #reception: Reception;
  readonly #questionnaire;
  readonly #relays;
  readonly #limitCommands = createLimitCommands();
  readonly #heartbeatAt = new Map<TwcId, number>();
  /** The slaves that were told of the shutdown. */
  readonly #told = new Set<TwcId>();
  #transaction: Transaction | undefined;
  /** The last heartbeat that was not answered in time. */
  #missed: Transaction | undefined;
  #lastByteAt = Number.NEGATIVE_INFINITY;
  #freeAt: number;
  #announced = 0;
  #welcomedUntil = Number.NEGATIVE_INFINITY;
  #shuttingDown = false;

  constructor(settings: MasterSettings) {
    this.#settings = settings;
    this.#reception = new Reception(settings);
    this.#questionnaire = createQuestionnaire(settings.askPlugState);
    this.#relays = new Relays(settings.relay, settings.id);
    this.#freeAt = settings.openedAt + LISTEN_FIRST;
  }

  activity(now: number): void {
    this.#lastByteAt = now;
  }

  received(frame: Uint8Array, message: Message, fleet: Fleet, now: number): Message | undefined {
    // A slave with our id chooses another when it hears us announce ours (protocol 4.4).
    if (this.#reception.hasIdConflict(message)) this.#announced = 0;
    const believed = this.#reception.received(frame, message, fleet, now);
    const id = believed && senderOf(believed);
    if (id === undefined) return undefined;
    this.#noteAnswer(id, codeOf(frame), now);
    this.#questionnaire.answered(id, message);
    this.#welcome(id, message, fleet, now);
    return message;
  }

  advance(now: number): boolean {
    return this.#reception.advance(now);
  }

  nextFrame(fleet: Fleet, targets: Targets, now: number): Outgoing | undefined {
    if (now < this.#mayBegin()) return undefined;
    this.#giveUp(fleet);
    const urgent = this.#mostUrgent(fleet, now);
    if (urgent && this.#dueAt(urgent) <= now) return this.#sendHeartbeat(urgent, fleet, targets, now);
    if (this.#shuttingDown) return undefined;
    const relayRequest = this.#relays.nextRequest(fleet, targets, now);
    if (relayRequest) return this.#send(relayRequest, 2, now);
    const announcement = announcements[Math.floor(this.#announced / ANNOUNCED_TIMES)];
    if (announcement) {
      this.#announced++;
      return this.#send({ name: announcement, sender: this.#settings.id, sign: SIGN }, 2, now);
    }
    return this.#sendQuestion(fleet, now);
  }

  wakeAt(fleet: Fleet, now: number): number {
    const urgent = this.#mostUrgent(fleet, now);
    const heartbeatDue = urgent ? this.#dueAt(urgent) : Number.POSITIVE_INFINITY;
    const announcing = this.#announced < announcements.length * ANNOUNCED_TIMES ? now : Number.POSITIVE_INFINITY;
    const mayBegin = this.#mayBegin();
    const others = Math.min(heartbeatDue, announcing, this.#relays.wakeAt);
    // A question that could be asked sooner would have to wait all the same.
    const asking = others <= mayBegin ? others : this.#questionWakeAt(fleet, now);
    return Math.min(Math.max(mayBegin, Math.min(others, asking)), this.#reception.wakeAt);
  }

  #questionWakeAt(fleet: Fleet, now: number): number {
    return Math.max(this.#questionnaire.next(fleet.values(), now)?.at ?? Number.POSITIVE_INFINITY, this.#welcomedUntil);
  }

  shutdown(fleet: Fleet): boolean {
    this.#shuttingDown = true;
    return [...fleet.values()].every(({ id, online, givenUp }) => this.#told.has(id) || !online || givenUp);
  }

  observations(fleet: Fleet, now: number): Observations {
    return { ...this.#reception.observations(now), ...this.#relays.observations(fleet, now) };
  }

  otherMaster(now: number): Observations['master'] {
    return this.#reception.otherMaster(now);
  }

  /** From when we may speak: the bus is quiet, or will not become so. */
  #mayBegin(): number {
    const free = this.#transaction?.until ?? this.#freeAt;
    const quiet = Math.min(this.#lastByteAt + QUIET_FOR, free + NOISE_AT_MOST);
    return Math.max(free, quiet, this.#reception.silentUntil);
  }

  /** When its next heartbeat is due. At a shutdown it is due at once, and who has waited longest is told first. */
  #dueAt({ id }: Charger): number {
    const last = this.#heartbeatAt.get(id) ?? Number.NEGATIVE_INFINITY;
    return this.#shuttingDown && !this.#told.has(id) ? last : last + HEARTBEAT_EVERY;
  }

  #mostUrgent(fleet: Fleet, now: number): Charger | undefined {
    let urgent: Charger | undefined;
    for (const charger of fleet.values()) {
      if (!isAddressed(charger, now) || !mayReturn(charger, { fleet, limits: this.#settings.limits }, now)) continue;
      if (!urgent || this.#dueAt(charger) < this.#dueAt(urgent)) urgent = charger;
    }
    return urgent;
  }

  #sendHeartbeat(charger: Charger, fleet: Fleet, targets: Targets, now: number): Outgoing {
    this.#heartbeatAt.set(charger.id, now);
    if (charger.online) this.#settings.statistics.count('asked');
    if (this.#missed?.to === charger.id) this.#missed = undefined;
    if (this.#shuttingDown) this.#told.add(charger.id);
    return this.#send(this.#heartbeat(charger, fleet, targets, now), charger.version ?? 2, now);
  }

  #heartbeat(charger: Charger, fleet: Fleet, targets: Targets, now: number): MasterMessage {
    const { id, limits, openedAt, formerMaster } = this.#settings;
    const sharing = { fleet, limits, targets, raiseFrom: raisesFrom(openedAt, formerMaster) };
    const offer = nextOffer(charger, sharing, now);
    const amps = this.#shuttingDown && offer !== undefined ? Math.min(offer, SHUTDOWN_AMPS) : offer;
    const address = { sender: id, receiver: charger.id, masterPluggedIn: false } as const;
    if (amps === undefined || !isWorthSending(charger, amps, now)) {
      return { name: 'masterHeartbeat', ...address, command: 0x00 };
    }
    return { name: 'masterHeartbeatLimit', ...address, command: this.#limitCommands.for(charger), limitAmps: amps };
  }

  #sendQuestion(fleet: Fleet, now: number): Outgoing | undefined {
    const next = this.#questionnaire.next(fleet.values(), now);
    if (!next || Math.max(next.at, this.#welcomedUntil) > now) return undefined;
    this.#questionnaire.asked(next.charger, next.question, now);
    return this.#send({ name: next.question.ask, sender: this.#settings.id, receiver: next.charger.id }, 2, now);
  }

  #send(message: MasterMessage, version: Version, now: number): Outgoing {
    const frame = encode(message, version);
    const sentBy = now + (frame.length + 2) * CHARACTER;
    this.#reception.sent(frame, now);
    this.#transaction =
      'receiver' in message
        ? { to: message.receiver, answer: 0xfd00 | (codeOf(frame) & 0xff), until: sentBy + ANSWER_WITHIN }
        : undefined;
    this.#freeAt = sentBy + PAUSE;
    return { message, frame };
  }

  /** An answer ends the transaction that it belongs to. */
  #noteAnswer(id: TwcId, code: number, now: number): void {
    if (this.#transaction?.to === id && this.#transaction.answer === code) {
      this.#transaction = undefined;
      this.#freeAt = now + PAUSE;
    } else if (this.#missed?.to === id && this.#missed.answer === code) {
      this.#settings.statistics.count('late');
      this.#missed = undefined;
    }
  }

  /**
   * A unit that announces itself gets its heartbeat soon, and one that answers for the first time its first limit, since it
   * may hold a high one from an earlier master; but not before those that are due by then.
   */
  #welcome(id: TwcId, message: Message, fleet: Fleet, now: number): void {
    const announces = message.name === 'slaveLinkready';
    if (announces || fleet.get(id)?.online === false) this.#questionnaire.reopen(id);
    if (!announces && (message.name !== 'slaveHeartbeat' || fleet.get(id)?.heartbeat)) return;
    const from = announces ? Math.min(Math.max(now, this.#welcomedUntil), now + WELCOME_TAKES) : now;
    this.#welcomedUntil = from + WELCOME_TAKES;
    this.#heartbeatAt.set(id, from + WELCOMED_AFTER - HEARTBEAT_EVERY);
  }

  /** The answer did not come in time. A unit that is known to be away is not expected to answer. */
  #giveUp(fleet: Fleet): void {
    if (this.#transaction?.answer === HEARTBEAT_ANSWER && fleet.get(this.#transaction.to)?.online) {
      this.#settings.statistics.count('unanswered');
      this.#missed = this.#transaction;
    }
    this.#transaction = undefined;
  }
}
