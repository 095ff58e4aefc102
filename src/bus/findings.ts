// What is wrong on the bus, in words with what to do: one row a finding. The topic `problem`, the command `doctor` and
// the page read it.

import type { Charger } from '../charger/charger.ts';
import type { Fleet } from '../charger/fleet.ts';
import type { Limits } from '../control/limits.ts';
import { excessDraws, sharingProblems, unansweringChargers } from '../control/sharing-problems.ts';
import type { Targets } from '../control/targets.ts';
import type { TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';
import type { Finding } from './finding.ts';
import type { Observations } from './role.ts';
import { badShare, type Counts, spoilt } from './statistics.ts';

/** What the findings are made from. Times are monotonic milliseconds. */
export interface FindingInput {
  readonly now: number;
  /** What this program is to be on the bus. */
  readonly mode: 'master' | 'listen';
  /** False while it only listens, whatever it is to be. */
  readonly speaks: boolean;
  readonly recent: Counts;
  /** How often a burst of bytes came that could not be read. */
  readonly repeats: number;
  readonly observations: Observations;
  readonly fleet: Fleet;
  readonly limits: Limits;
  readonly targets: Targets;
  /** Units for which there is no room. */
  readonly refused: readonly TwcId[];
}

export interface Row {
  /** A problem unless it says so. */
  readonly level?: Finding['level'];
  /** So long it must be seen without a break before it is said, and not be seen before it is taken back (ms). */
  readonly after?: number;
  readonly stays?: number;
  /** The text has numbers that change: it stays as it was first said for a while. */
  readonly varies?: true;
  /** The texts; none when it is not so. */
  readonly when: (input: FindingInput) => readonly string[];
  readonly advice: string;
}

/** The manual's number; when we listen a genuine master is one more. */
export const MOST_SLAVES = 3;
/** Fewer bytes without a frame are a glitch, not a noise. */
const NOISE_FROM = 30;
/** Shares are not told from fewer. */
const ENOUGH = 20;
const MUCH = 0.1;
const SOME = 0.03;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A unit that is there answers within this time. */
const ANSWERS_WITHIN = 10_000;

export const rows: Readonly<Record<string, Row>> = {
  silence: {
    after: 30_000,
    when: (input) => one(isSilent(input) && input.mode === 'master' && 'No charger is heard'),
    advice:
      'does it have power, is its rotary switch on F and was it reset after that? Are D+ and D- connected at both ends, and is this the right adapter?',
  },
  silenceBesideMaster: {
    after: 30_000,
    when: (input) => one(isSilent(input) && input.mode === 'listen' && 'Nothing is heard on the bus'),
    advice: 'do the chargers have power? Are D+ and D- connected at both ends, and is this the right adapter?',
  },
  unreadable: {
    after: 30_000,
    when: (input) =>
      one(noForeignFrame(input) && input.repeats > 0 && 'Something is sent on the bus, but not one frame is readable'),
    advice:
      'most likely D+ and D- are swapped: swap them at the adapter. Otherwise the speed is wrong: a serial server needs 9600 baud, 8 data bits, no parity, 1 stop bit and raw TCP',
  },
  noise: {
    after: 30_000,
    when: (input) =>
      one(noForeignFrame(input) && input.repeats === 0 && foreignBytes(input) >= NOISE_FROM && 'Only noise is heard'),
    advice:
      'is the adapter one for RS-485, with D+ and D- connected at both ends? Swap the two, and check the speed of a serial server (9600 8N1, raw TCP). A line without bias resistors makes noise too',
  },
  badFrames: {
    after: 30_000,
    stays: MINUTE,
    varies: true,
    when: ({ recent }) => one(candidates(recent) >= ENOUGH && percent(badShare(recent), MUCH, 'of the frames are bad')),
    advice:
      'check the termination (120 Ω at both ends), use one twisted pair up to the terminals and keep it away from mains',
  },
  someBadFrames: {
    level: 'hint',
    after: MINUTE,
    stays: MINUTE,
    varies: true,
    when: ({ recent }) => {
      const share = badShare(recent) ?? 0;
      return one(candidates(recent) >= ENOUGH && share < MUCH && percent(share, SOME, 'of the frames are bad'));
    },
    advice: 'chargers that speak at the same time do that now and then; if it lasts, check cable and termination',
  },
  noiseBetween: {
    level: 'hint',
    after: MINUTE,
    stays: MINUTE,
    when: ({ recent }) => one(recent.frames > 0 && recent.noiseBytes > recent.bytes / 5 && 'Noise between the frames'),
    advice: 'bias resistors help: 680 Ω from D+ to +5 V and 680 Ω from D- to ground; many adapters have them',
  },
  echo: {
    level: 'hint',
    when: ({ recent }) => one(recent.echoes > 0 && 'The adapter returns what it sends'),
    advice: 'that is recognised and does no harm',
  },
  otherMaster: {
    when: ({ mode, observations: { master } }) =>
      one(mode === 'master' && master && `Another master speaks on the bus (${master})`),
    advice: 'set its rotary switch to F, or stop the other program. Nothing is sent now',
  },
  noMaster: {
    after: 30_000,
    when: (input) =>
      one(input.mode === 'listen' && input.recent.frames > 0 && !input.observations.master && 'No master is heard'),
    advice: 'without a master no charger charges a car. If there is no genuine master, set interface.mode to master',
  },
  idConflict: {
    when: ({ observations: { idConflict: namesake } }) => one(namesake && `A charger has our id ${namesake}`),
    advice: 'it is asked to choose another; if that does not help, set interface.id',
  },
  foreignSlave: {
    after: 5_000,
    stays: 10_000,
    when: ({ mode, observations: { foreignSlave: stray, master } }) =>
      one(mode === 'master' && !master && stray && `${stray.slave} answers to another master (${stray.to})`),
    advice: 'another master or program is on the bus: stop it',
  },
  tooMany: {
    varies: true,
    when: ({ refused }) =>
      one(refused.length > 0 && `More than ${MOST_SLAVES} chargers on the bus, refused: ${refused.join(', ')}`),
    advice: '',
  },
  noAnswer: {
    after: ANSWERS_WITHIN,
    when: (input) =>
      each(input, (charger) => charger.online && !charger.heartbeat && input.speaks && !input.observations.master).map(
        ({ id }) => `${id} is heard but does not answer`,
      ),
    advice:
      'what is sent does not arrive: the adapter must send too (automatic direction), and both wires must be connected',
  },
  late: {
    after: 30_000,
    stays: MINUTE,
    varies: true,
    when: ({ recent }) =>
      one(recent.asked >= ENOUGH && percent(recent.late / recent.asked, MUCH, 'of the answers come too late')),
    advice:
      'a serial server holds bytes back: set its packing time to the least, and connect it by cable instead of Wi-Fi',
  },
  unanswered: {
    level: 'hint',
    after: 1.5 * MINUTE,
    stays: MINUTE,
    varies: true,
    when: ({ recent }) => {
      const heard = (badShare(recent) ?? 0) < SOME;
      const share = recent.unanswered / recent.asked;
      return one(recent.asked >= ENOUGH && heard && percent(share, MUCH, 'of the heartbeats are not answered'));
    },
    advice: 'the chargers do not hear everything that is sent: check cable, termination and the adapter',
  },
  error: {
    after: 30_000,
    when: (input) =>
      each(input, ({ online, heartbeat }) => online && isState(heartbeat, 'error')).map(
        ({ id }) => `${id} reports an error`,
      ),
    advice:
      'count the blinks of its red light: 3 wrong position of the rotary switch, 4 no master or two of them, 5 more than three slaves, 6 different hardware maximum',
  },
  noLongerAnswers: {
    when: (seen) => (seen.speaks && !seen.observations.master ? unansweringChargers(seen.fleet, seen.now) : []),
    advice:
      'it gets no more heartbeats, so that it stops its car by itself, and its amps are kept until it has. Does it have power? Check cable and termination: it may hear us although we do not hear it',
  },
  sharing: {
    when: (seen) => (seen.speaks ? sharingProblems(seen, seen.now) : []),
    advice: '',
  },
  excess: {
    level: 'hint',
    after: MINUTE,
    stays: MINUTE,
    varies: true,
    when: (seen) => (seen.speaks ? excessDraws(seen.fleet) : []),
    advice:
      'it is offered less by that much. If its meter is known to be wrong, set calibration for this charger: the factor from what it reports to what is true',
  },
  counterChanged: {
    level: 'hint',
    stays: 10 * MINUTE,
    when: (seen) =>
      each(seen, ({ energy: { replaced } }) => replaced !== undefined && seen.now - replaced.at < HOUR).map(
        ({ id, energy: { replaced } }) =>
          `The energy counter of ${id} changed from ${replaced?.from} to ${replaced?.to}`,
      ),
    advice: 'energy goes on from where it was. Was the unit replaced, or did it begin to count anew?',
  },
  relayIgnored: {
    when: ({ observations: { relaysIgnored } }) => relaysIgnored.map((id) => `${id} does not open its relay`),
    advice: 'its car draws on after three requests. Its firmware does not know them: set control.relay to false',
  },
  relay: {
    when: ({ observations: { relaysLeftOpen } }) => relaysLeftOpen.map((id) => `${id}: its relay was opened by us`),
    advice: 'set control.relay to true to have it closed, or reset the charger',
  },
};

/** Everything that is so at this moment. */
export function findings(input: FindingInput): Finding[] {
  return Object.values(rows).flatMap((row) => row.when(input).map((text) => finding(row, text)));
}

export function finding({ level = 'problem', advice }: Row, text: string): Finding {
  return { level, text, advice };
}

const nothing: readonly string[] = [];

function one(text: string | false | undefined): readonly string[] {
  return text ? [text] : nothing;
}

function each({ fleet }: FindingInput, is: (charger: Charger) => boolean): Charger[] {
  return [...fleet.values()].filter((charger) => charger.confirmed && is(charger));
}

/** Not one frame of another unit. */
function noForeignFrame({ recent }: FindingInput): boolean {
  return recent.frames === 0;
}

function isSilent(input: FindingInput): boolean {
  return noForeignFrame(input) && input.repeats === 0 && foreignBytes(input) < NOISE_FROM;
}

/** Without what the adapter gave back. */
function foreignBytes({ recent }: FindingInput): number {
  return recent.bytes - recent.echoBytes;
}

function candidates(counts: Counts): number {
  return counts.frames + counts.echoes + spoilt(counts);
}

function percent(share: number | undefined, from: number, what: string): string | false {
  return share !== undefined && share >= from && `${Math.round(share * 100)} % ${what}`;
}
