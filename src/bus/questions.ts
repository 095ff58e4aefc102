// What a master asks between heartbeats: one row a question, with its pace and its end. A unit that never answers a
// question is not asked it again before it reconnects (protocol 4.3, 4.7).

import type { Charger } from '../charger/charger.ts';
import { isCounterDoubtful } from '../charger/energy.ts';
import { showsNoCar } from '../charger/plug.ts';
import { missingPart } from '../charger/vin.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message, masterMessages, optInMessages } from '../protocol/messages.ts';

interface Question {
  readonly ask:
    | Extract<keyof typeof masterMessages, `${string}Request${string}`>
    | Extract<keyof typeof optInMessages, 'plugStateRequest'>;
  readonly replies: readonly Message['name'][];
  readonly wanted: (charger: Charger, now: number) => boolean;
  /** The pause before the same question, ms. */
  readonly every: (charger: Charger) => number;
  /** How often it is asked at most while one car charges. */
  readonly perSession: number;
}

const UNTRUSTED_METER_EVERY = 1_000;
const METER_WHILE_CHARGING_EVERY = 5_000;
const METER_EVERY = 30_000;
const IDENTITY_EVERY = 5_000;
const VIN_EVERY = 20_000;
const VIN_PART_EVERY = 1_000;
const PLUG_STATE_EVERY = 10_000;
const PRESENCE_EVERY = 60_000;

export const questions: readonly Question[] = [
  {
    ask: 'meterRequest',
    replies: ['meterResponse', 'meterResponseShort'],
    wanted: () => true,
    every: meterPause,
    perSession: Number.POSITIVE_INFINITY,
  },
  {
    // A car that sleeps may tell its VIN; an empty plug has none.
    ask: 'vinRequest1',
    replies: ['vinResponse1'],
    wanted: ({ charging, heartbeat }) => !charging.on && heartbeat !== undefined && showsNoCar(heartbeat),
    every: () => PRESENCE_EVERY,
    perSession: Number.POSITIVE_INFINITY,
  },
  vinQuestion(1, (charger) => (charger.vin.type === 'doubtful' ? VIN_PART_EVERY : VIN_EVERY), 10),
  vinQuestion(2, () => VIN_PART_EVERY, 10),
  vinQuestion(3, () => VIN_PART_EVERY, 10),
  {
    ask: 'versionRequest',
    replies: ['versionResponse'],
    wanted: (charger) => charger.firmware === undefined,
    every: () => IDENTITY_EVERY,
    perSession: Number.POSITIVE_INFINITY,
  },
  {
    ask: 'serialRequest',
    replies: ['serialResponse'],
    wanted: (charger) => charger.serialNumber === undefined,
    every: () => IDENTITY_EVERY,
    perSession: Number.POSITIVE_INFINITY,
  },
  {
    ask: 'plugStateRequest',
    replies: ['plugStateResponse'],
    wanted: () => true,
    every: () => PLUG_STATE_EVERY,
    perSession: Number.POSITIVE_INFINITY,
  },
];

/** At most one question per slave per second (protocol 4.3). */
const QUESTIONS_EVERY = 1_000;
/** An answer may be lost on the way: the question comes again this soon, but no more often in a row than is tried below. */
const AGAIN_AFTER = 1_000;
/** So often unanswered and never answered: this unit does not know the question. */
const GIVE_UP_AFTER = 5;

interface Progress {
  readonly askedAt: number;
  readonly unanswered: number;
  readonly answered: boolean;
  /** Start of the charging session that `asked` counts for. */
  readonly session: number | undefined;
  readonly asked: number;
}

const unasked: Progress = {
  askedAt: Number.NEGATIVE_INFINITY,
  unanswered: 0,
  answered: false,
  session: undefined,
  asked: 0,
};

/** What was asked of whom, and what is to be asked next. */
export interface Questionnaire {
  /** The most urgent question to any of these chargers, and when it may be asked (ms). */
  next(chargers: Iterable<Charger>, now: number): { charger: Charger; question: Question; at: number } | undefined;
  asked(charger: Charger, question: Question, now: number): void;
  /** A reply came. */
  answered(id: TwcId, message: Message): void;
  /** The unit is new or back: every question is open again. */
  reopen(id: TwcId): void;
  /** The questions that this unit was found not to answer. */
  givenUp(id: TwcId): readonly Question['ask'][];
}

/** `askPlugState`: whether the owner allows to ask for the plug (protocol 3.9). */
export function createQuestionnaire(askPlugState = false): Questionnaire {
  const mayAsk = questions.filter(({ ask }) => askPlugState || ask !== 'plugStateRequest');
  const progress = new Map<TwcId, Map<Question, Progress>>();
  const lastAskedAt = new Map<TwcId, number>();

  function of(id: TwcId, question: Question): Progress {
    return progress.get(id)?.get(question) ?? unasked;
  }

  function note(id: TwcId, question: Question, change: Partial<Progress>): void {
    const all = progress.get(id) ?? new Map<Question, Progress>();
    progress.set(id, all.set(question, { ...of(id, question), ...change }));
  }

  /** When this question may be asked, Infinity if never. */
  function opensAt(charger: Charger, question: Question, now: number): number {
    if (!question.wanted(charger, now)) return Number.POSITIVE_INFINITY;
    const { askedAt, unanswered, answered, session, asked } = of(charger.id, question);
    const used = session === sessionOf(charger) ? asked : 0;
    const isOver = (unanswered >= GIVE_UP_AFTER && !answered) || used >= question.perSession;
    if (isOver) return Number.POSITIVE_INFINITY;
    const newSession = question.perSession < Number.POSITIVE_INFINITY && session !== sessionOf(charger);
    const lost = unanswered > 0 && unanswered < GIVE_UP_AFTER;
    const pause = newSession ? 0 : lost ? AGAIN_AFTER : question.every(charger);
    return Math.max(askedAt + pause, (lastAskedAt.get(charger.id) ?? Number.NEGATIVE_INFINITY) + QUESTIONS_EVERY);
  }

  return {
    next(chargers, now) {
      let best: ReturnType<Questionnaire['next']>;
      for (const charger of chargers) {
        if (charger.version === 1 || !charger.online || charger.givenUp) continue;
        for (const question of mayAsk) {
          const at = opensAt(charger, question, now);
          if (at < (best?.at ?? Number.POSITIVE_INFINITY)) best = { charger, question, at };
        }
      }
      return best;
    },
    asked(charger, question, now) {
      const before = of(charger.id, question);
      const session = sessionOf(charger);
      const asked = before.session === session ? before.asked + 1 : 1;
      note(charger.id, question, { askedAt: now, unanswered: before.unanswered + 1, session, asked });
      lastAskedAt.set(charger.id, now);
    },
    answered(id, message) {
      for (const question of questions) {
        if (question.replies.includes(message.name)) note(id, question, { unanswered: 0, answered: true });
      }
    },
    reopen(id) {
      progress.delete(id);
    },
    givenUp(id) {
      return questions
        .filter((question) => of(id, question).unanswered >= GIVE_UP_AFTER && !of(id, question).answered)
        .map(({ ask }) => ask);
    },
  };
}

function vinQuestion(part: 1 | 2 | 3, every: Question['every'], perSession: number): Question {
  return {
    ask: `vinRequest${part}`,
    replies: [`vinResponse${part}`],
    wanted: (charger, now) =>
      charger.charging.on &&
      (charger.vin.type === 'unknown' || charger.vin.type === 'doubtful') &&
      missingPart(charger.vinReading, now) === part,
    every,
    perSession,
  };
}

function meterPause(charger: Charger): number {
  if (isCounterDoubtful(charger.energy)) return UNTRUSTED_METER_EVERY;
  const outdated = charger.charging.on && charger.meter !== undefined && charger.meter.at < charger.charging.since;
  if (outdated) return UNTRUSTED_METER_EVERY;
  return charger.charging.on ? METER_WHILE_CHARGING_EVERY : METER_EVERY;
}

function sessionOf({ charging }: Charger): number | undefined {
  return charging.on ? charging.since : undefined;
}
