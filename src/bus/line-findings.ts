// What is wrong on the line, whatever is connected to it: silence, noise, bad frames, answers that are missing or late. These
// rows look only at what was counted.

import { type FindingInput, type FindingRows, MINUTE, one } from './finding-row.ts';
import { badShare, type Counts, spoilt } from './statistics.ts';

/** Fewer bytes without a frame are a glitch, not a noise. */
const NOISE_FROM = 30;
/** Shares are not told from fewer. */
const ENOUGH = 20;
const MUCH = 0.1;
const SOME = 0.03;

export const lineFindings: FindingRows = {
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
};

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
