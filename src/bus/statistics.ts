// What came over the bus, counted: in total, and in the last minute. Counting costs an addition; memory is fixed.

import { shortestFrame } from '../protocol/codec.ts';
import { wire } from '../protocol/slip.ts';

/** Why bytes between two C0 are no good frame: the first words of what the codec and the cutter say. */
const faults = ['checksum', 'length', 'escape', 'content', 'code'] as const;

export type Counts = Readonly<Record<(typeof counted)[number], number>>;

const counted = [
  /** Everything that came, noise and echo too. */
  'bytes',
  /** Good frames of others. */
  'frames',
  /** Our own frames that the adapter gave back, and their bytes. */
  'echoes',
  'echoBytes',
  /** Bytes between frames, without the one to three that real units leave behind a frame (protocol 1.2). */
  'noiseBytes',
  /** Heartbeats that were sent, those that nobody answered in time, and answers that came too late. */
  'asked',
  'unanswered',
  'late',
  ...faults,
] as const;

export interface Statistics {
  readonly total: Counts;
  /** Of the last minute as it was within the last second: that costs nothing for each frame. */
  recent(now: number): Counts;
  /** When the last byte came, ms. */
  readonly lastByteAt: number | undefined;
  /** How often in the last minute a burst of bytes began like one of those before it, without a good frame. */
  readonly repeats: number;
  bytes(bytes: Uint8Array, now: number): void;
  /** A good frame came. */
  frame(): void;
  /** It was one of ours that came back. */
  echo(frame: Uint8Array): void;
  /** Not a frame: the reason in the words of codec and cutter, and how many bytes it was. */
  fault(reason: string, length: number): void;
  count(what: 'asked' | 'unanswered' | 'late'): void;
  /** Time passed. */
  advance(now: number): void;
  readonly wakeAt: number;
}

/** What is counted on the bus. */
export interface BusCounts {
  readonly frames: number;
  readonly checksumErrors: number;
  readonly badShare: number | undefined;
}

const MARKED_EVERY = 10_000;
/** Marks for a minute. */
const MARKS = 6;
const RECENT_FOR = 1_000;
const TAIL = 3;
/** A pause after which bytes are something new. */
const BURST_AFTER = 300;
/** So many bytes of a burst are compared: the last ones of a frame are often spoilt. */
const COMPARED = 6;
const BURSTS = 4;

export function createStatistics(startedAt: number): Statistics {
  const total = nothing();
  let marks: readonly Counts[] = [{ ...total }];
  let markedAt = startedAt;
  let recent: Counts = nothing();
  let recentAt = Number.NEGATIVE_INFINITY;
  let lastByteAt: number | undefined;
  let burst: number[] = [];
  let bursts: readonly string[] = [];
  let repeatedAt: readonly number[] = [];

  /** What speaks in the same way again and again can not be read; noise never repeats itself. */
  function listenForBursts(bytes: Uint8Array, now: number): void {
    if (lastByteAt === undefined || now - lastByteAt > BURST_AFTER) burst = [];
    if (burst.length >= COMPARED) return;
    burst.push(...bytes.subarray(0, COMPARED - burst.length));
    if (burst.length < COMPARED) return;
    const heard = burst.join();
    // A line that is held says the same all the time too.
    if (new Set(burst).size === 1) return;
    if (bursts.includes(heard)) repeatedAt = [...repeatedAt.slice(1 - BURSTS), now];
    else bursts = [...bursts.slice(1 - BURSTS), heard];
  }

  return {
    total,
    recent(now) {
      if (now >= recentAt + RECENT_FOR) {
        const before = marks[0] ?? total;
        recent = tally((name) => total[name] - before[name]);
        recentAt = now;
      }
      return recent;
    },
    get lastByteAt() {
      return lastByteAt;
    },
    get repeats() {
      return repeatedAt.length;
    },
    bytes(bytes, now) {
      total.bytes += bytes.length;
      listenForBursts(bytes, now);
      lastByteAt = now;
    },
    frame() {
      total.frames++;
    },
    echo(frame) {
      total.frames--;
      total.echoes++;
      total.echoBytes += wire(frame).length;
    },
    fault(reason, length) {
      if (length <= TAIL) return;
      const fault = faults.find((name) => reason.startsWith(name)) ?? 'content';
      // Bytes that are too few for any frame were none.
      if (fault === 'length' && length < shortestFrame) total.noiseBytes += length;
      else total[fault]++;
    },
    count(what) {
      total[what]++;
    },
    advance(now) {
      if (now < markedAt + MARKED_EVERY) return;
      markedAt = now;
      marks = [...marks.slice(1 - MARKS), { ...total }];
      repeatedAt = repeatedAt.filter((at) => now - at < MARKS * MARKED_EVERY);
    },
    get wakeAt() {
      return markedAt + MARKED_EVERY;
    },
  };
}

function nothing(): Record<keyof Counts, number> {
  return tally(() => 0);
}

function tally(count: (name: keyof Counts) => number): Record<keyof Counts, number> {
  // One number for each name.
  return Object.fromEntries(counted.map((name) => [name, count(name)])) as Record<keyof Counts, number>;
}

/** Of what could have been frames, the part that was spoilt on the way, from 0 to 1; undefined when nothing came. */
export function badShare(counts: Counts): number | undefined {
  const bad = spoilt(counts);
  const all = bad + counts.frames + counts.echoes + counts.code;
  return all === 0 ? undefined : bad / all;
}

/** Frames that were spoilt on the way; one that nobody knows came whole. */
export function spoilt(counts: Counts): number {
  return counts.checksum + counts.length + counts.escape + counts.content;
}

export function busCounts(statistics: Statistics, now: number): BusCounts {
  const recent = statistics.recent(now);
  return { frames: recent.frames, checksumErrors: statistics.total.checksum, badShare: badShare(recent) };
}
