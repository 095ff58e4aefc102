// The master: who is spoken to, when and about what (protocol 4.1 to 4.4). One transaction at a time; heartbeats first,
// then what is announced at the start, then questions. The worst answer pattern of three slaves costs three heartbeats
// and one question of at most 450 ms each, so no slave waits 2 s for its heartbeat.

import type { Charger } from '../charger/charger.ts';
import { type Fleet, senderOf } from '../charger/fleet.ts';
import { lastOffer } from '../charger/offer.ts';
import { nextOffer } from '../control/allocation.ts';
import type { Limits } from '../control/limits.ts';
import type { Targets } from '../control/targets.ts';
import { codeOf, encode, type Version } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import type { MasterMessage, Message } from '../protocol/messages.ts';
import { createLimitCommands } from './limit-command.ts';
import { createOtherMasterWatch } from './other-master.ts';
import { createQuestionnaire } from './questions.ts';
import { createRelays } from './relays.ts';
import { type BusRole, OBSERVED_FOR, type Outgoing } from './role.ts';
import type { Statistics } from './statistics.ts';

export interface MasterSettings {
  readonly id: TwcId;
  readonly limits: Limits;
  /** Whether the owner allows to work the relays of version 2 units. */
  readonly relay: boolean;
  /** Whether the owner allows to ask whether a car is plugged in. */
  readonly askPlugState: boolean;
  /** When the bus was opened, ms. */
  readonly openedAt: number;
  readonly statistics: Pick<Statistics, 'echo' | 'count'>;
  readonly log: (level: 'info', text: string) => void;
}

/** A heartbeat to each slave this often. */
const HEARTBEAT_EVERY = 1_000;
/** A character on the wire: ten bits at 9600 baud. */
const CHARACTER = 10 / 9.6;
/** How long after our last byte an answer may begin; real units answer within 150 ms. */
const ANSWER_WITHIN = 300;
/** Pause after an answer. */
const PAUSE = 100;
/** Nobody speaks while bytes came this recently. */
const QUIET_FOR = 25;
/** A line that never falls quiet must not cost the chargers their heartbeats. */
const NOISE_AT_MOST = 100;
/** A genuine master is heard within about this time; listen that long before the first word. */
const LISTEN_FIRST = 1_000;
/** Slaves answer the announcements with linkready at once: wait this long for who is there before raising anybody. */
const RAISE_AFTER = 5_000;
const FOREIGN_SLAVE_FOR = 3_000;
const SIGN = '77';
const announcements = ['masterLinkready1', 'masterLinkready2'] as const;
const ANNOUNCED_TIMES = 5;

interface Transaction {
  readonly to: TwcId;
  /** The second byte of the answer equals that of the request; linkready2 is not a transaction. */
  readonly answer: number;
  readonly until: number;
}

const HEARTBEAT_ANSWER = 0xfde0;

/** Least that every car takes, and what chargers are left with when their master goes (protocol 8.5). */
const SHUTDOWN_AMPS = 6;

export function createMaster(settings: MasterSettings): BusRole {
  const { id: own, limits, relay, askPlugState, openedAt, statistics, log } = settings;
  const watch = createOtherMasterWatch(own);
  const questionnaire = createQuestionnaire(askPlugState);
  const relays = createRelays(relay, own);
  const heartbeatAt = new Map<TwcId, number>();
  const commands = createLimitCommands();
  const told = new Set<TwcId>();
  let transaction: Transaction | undefined;
  /** The last heartbeat that was not answered in time. */
  let missed: Transaction | undefined;
  let lastByteAt = Number.NEGATIVE_INFINITY;
  let freeAt = openedAt + LISTEN_FIRST;
  let announced = 0;
  let shuttingDown = false;
  let conflictAt = Number.NEGATIVE_INFINITY;
  let foreignSlave: { readonly slave: TwcId; readonly to: TwcId; readonly at: number } | undefined;
  /** What the log says when something is over, and when that is. */
  const endings = new Map<string, number>();

  /** From when we may speak: the bus is quiet, or will not become so. */
  function mayBegin(): number {
    const free = transaction?.until ?? freeAt;
    return Math.max(free, Math.min(lastByteAt + QUIET_FOR, free + NOISE_AT_MOST), watch.silentUntil);
  }

  function dueAt(charger: Charger): number {
    return (heartbeatAt.get(charger.id) ?? Number.NEGATIVE_INFINITY) + HEARTBEAT_EVERY;
  }

  function mostUrgent(fleet: Fleet): Charger | undefined {
    let urgent: Charger | undefined;
    for (const charger of fleet.values()) {
      if (!urgent || dueAt(charger) < dueAt(urgent)) urgent = charger;
    }
    return urgent;
  }

  function say(message: MasterMessage, version: Version, now: number): Outgoing {
    const frame = encode(message, version);
    const sentBy = now + (frame.length + 2) * CHARACTER;
    watch.sent(frame, now);
    transaction =
      'receiver' in message
        ? { to: message.receiver, answer: 0xfd00 | (codeOf(frame) & 0xff), until: sentBy + ANSWER_WITHIN }
        : undefined;
    freeAt = sentBy + PAUSE;
    return { message, version };
  }

  function heartbeat(charger: Charger, fleet: Fleet, wishes: Targets, now: number): MasterMessage {
    const wanted = nextOffer(charger, fleet, limits, wishes, openedAt + RAISE_AFTER, now);
    const amps = shuttingDown && wanted !== undefined ? Math.min(wanted, SHUTDOWN_AMPS) : wanted;
    const address = { sender: own, receiver: charger.id, masterPluggedIn: false } as const;
    // Version 1 stops only while 0 A is repeated; a version 2 unit that has nothing would take 0 A for 6 A (protocol 4.9).
    const reported = amps === charger.heartbeat?.limitAmps && (amps !== 0 || charger.version !== 1);
    const answered = amps === lastOffer(charger) && charger.offer?.mayHold === undefined;
    if (amps === undefined || (reported && answered)) {
      return { name: 'masterHeartbeat', ...address, command: 0x00 };
    }
    return { name: 'masterHeartbeatLimit', ...address, command: commands.for(charger), limitAmps: amps };
  }

  /**
   * A unit that announces itself gets its heartbeat at once, and one that answers for the first time its first limit, since
   * it may hold a high one from an earlier master; but not before those that are due already.
   */
  function welcome(id: TwcId, message: Message, fleet: Fleet, now: number): void {
    const announces = message.name === 'slaveLinkready';
    if (announces || fleet.get(id)?.online === false) questionnaire.reopen(id);
    const reports = message.name === 'slaveHeartbeat' && !fleet.get(id)?.heartbeat;
    if ((announces || reports) && heartbeatAt.has(id)) heartbeatAt.set(id, now - HEARTBEAT_EVERY);
  }

  /** The answer did not come in time. Who is known to be away is not expected to answer. */
  function giveUp(fleet: Fleet): void {
    if (transaction?.answer === HEARTBEAT_ANSWER && fleet.get(transaction.to)?.online) {
      statistics.count('unanswered');
      missed = transaction;
    }
    transaction = undefined;
  }

  return {
    activity(now) {
      lastByteAt = now;
    },

    received(frame, message, fleet, now) {
      if (frame[0] !== 0xfd) {
        const kind = watch.classify(frame, message, fleet, now);
        if (kind === 'otherMaster') endings.set('no other master is heard any more: we speak again', watch.silentUntil);
        if (kind === 'echo') statistics.echo(frame);
        return undefined;
      }
      const id = senderOf(message);
      if (id === undefined) return undefined;
      if (id === own) {
        // A slave with our id chooses another when it hears us announce ours (protocol 4.4).
        if (message.name === 'slaveLinkready') {
          conflictAt = now;
          endings.set(`no charger has our id ${own} any more`, now + OBSERVED_FOR);
          announced = 0;
        }
        return undefined;
      }
      if (message.name === 'slaveHeartbeat' && message.receiver !== own) {
        foreignSlave = { slave: id, to: message.receiver, at: now };
        return undefined;
      }
      if (message.name !== 'slaveLinkready' && message.name !== 'slaveHeartbeat' && !fleet.has(id)) return undefined;
      if (transaction?.to === id && transaction.answer === codeOf(frame)) {
        transaction = undefined;
        freeAt = now + PAUSE;
      } else if (missed?.to === id && missed.answer === codeOf(frame)) {
        statistics.count('late');
        missed = undefined;
      }
      questionnaire.answered(id, message);
      welcome(id, message, fleet, now);
      return message;
    },

    advance(now) {
      const over = [...endings].filter(([, at]) => now >= at);
      for (const [text] of over) {
        endings.delete(text);
        log('info', text);
      }
      return over.length > 0;
    },

    replayed: (frame, now) => watch.sent(frame, now),

    nextFrame(fleet, wishes, now) {
      if (now < mayBegin()) return undefined;
      giveUp(fleet);
      const urgent = mostUrgent(fleet);
      if (urgent && dueAt(urgent) <= now) {
        heartbeatAt.set(urgent.id, now);
        if (urgent.online) statistics.count('asked');
        if (missed?.to === urgent.id) missed = undefined;
        if (shuttingDown) told.add(urgent.id);
        return say(heartbeat(urgent, fleet, wishes, now), urgent.version ?? 2, now);
      }
      if (shuttingDown) return undefined;
      const relayOrder = relays.nextRequest(fleet, wishes, now);
      if (relayOrder) return say(relayOrder, 2, now);
      const name = announcements[Math.floor(announced / ANNOUNCED_TIMES)];
      if (name) {
        announced++;
        return say({ name, sender: own, sign: SIGN }, 2, now);
      }
      const next = questionnaire.next([...fleet.values()], now);
      if (!next || next.at > now) return undefined;
      questionnaire.asked(next.charger, next.question, now);
      return say({ name: next.question.ask, sender: own, receiver: next.charger.id }, 2, now);
    },

    wakeAt(fleet, now) {
      const urgent = mostUrgent(fleet);
      const heartbeatDue = urgent ? dueAt(urgent) : Number.POSITIVE_INFINITY;
      const announcing = announced < announcements.length * ANNOUNCED_TIMES ? now : Number.POSITIVE_INFINITY;
      const asking = questionnaire.next([...fleet.values()], now)?.at ?? Number.POSITIVE_INFINITY;
      const speaking = Math.max(mayBegin(), Math.min(heartbeatDue, announcing, asking, relays.wakeAt));
      return Math.min(speaking, ...endings.values());
    },

    observations: (fleet, now) => ({
      master: watch.otherMaster(now),
      idConflict: now - conflictAt < OBSERVED_FOR ? own : undefined,
      foreignSlave: foreignSlave && now - foreignSlave.at < FOREIGN_SLAVE_FOR ? foreignSlave : undefined,
      relaysLeftOpen: relays.leftOpen(fleet),
    }),

    shutdown(fleet) {
      if (!shuttingDown) heartbeatAt.clear();
      shuttingDown = true;
      return [...fleet.values()].every((charger) => told.has(charger.id) || !charger.online);
    },
  };
}
