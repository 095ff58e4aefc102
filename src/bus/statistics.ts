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
  /** Heartbeats that were sent, those that were not answered in time, and answers that came too late. */
  'asked',
  'unanswered',
  'late',
  ...faults,
] as const;

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

export class Statistics {
  readonly #total = nothing();
  #marks: readonly Counts[] = [nothing()];
  #markedAt: number;
  #recent: Counts = nothing();
  #recentAt = Number.NEGATIVE_INFINITY;
  #lastByteAt: number | undefined;
  #burst: number[] = [];
  #bursts: readonly string[] = [];
  #repeatedAt: readonly number[] = [];

  constructor(startedAt: number) {
    this.#markedAt = startedAt;
  }

  /** Since the start. */
  get total(): Counts {
    return this.#total;
  }

  /** Of the last minute as it was within the last second: that costs nothing for each frame. */
  recent(now: number): Counts {
    if (now >= this.#recentAt + RECENT_FOR) {
      const before = this.#marks[0] ?? this.#total;
      this.#recent = tally((name) => this.#total[name] - before[name]);
      this.#recentAt = now;
    }
    return this.#recent;
  }

  /** When the last byte came, ms. */
  get lastByteAt(): number | undefined {
    return this.#lastByteAt;
  }

  /** How often in the last minute a burst of bytes began like one of those before it, without a good frame. */
  get repeats(): number {
    return this.#repeatedAt.length;
  }

  bytes(bytes: Uint8Array, now: number): void {
    this.#total.bytes += bytes.length;
    this.#compareBurst(bytes, now);
    this.#lastByteAt = now;
  }

  /** A good frame came. */
  frame(): void {
    this.#total.frames++;
  }

  /** It was one of ours that the adapter gave back. */
  echo(frame: Uint8Array): void {
    this.#total.frames--;
    this.#total.echoes++;
    this.#total.echoBytes += wire(frame).length;
  }

  /** Not a frame: the reason in the words of codec and cutter, and how many bytes it was. */
  fault(reason: string, length: number): void {
    if (length <= TAIL) return;
    const fault = faults.find((name) => reason.startsWith(name)) ?? 'content';
    // Bytes that are too few for any frame were none.
    if (fault === 'length' && length < shortestFrame) this.#total.noiseBytes += length;
    else this.#total[fault]++;
  }

  count(what: 'asked' | 'unanswered' | 'late'): void {
    this.#total[what]++;
  }

  advance(now: number): void {
    if (now < this.#markedAt + MARKED_EVERY) return;
    this.#markedAt = now;
    this.#marks = [...this.#marks.slice(1 - MARKS), { ...this.#total }];
    this.#repeatedAt = this.#repeatedAt.filter((at) => now - at < MARKS * MARKED_EVERY);
  }

  get wakeAt(): number {
    return this.#markedAt + MARKED_EVERY;
  }

  /** A sender that cannot be read says the same again and again; noise never repeats itself. */
  #compareBurst(bytes: Uint8Array, now: number): void {
    if (this.#lastByteAt === undefined || now - this.#lastByteAt > BURST_AFTER) this.#burst = [];
    if (this.#burst.length >= COMPARED) return;
    this.#burst.push(...bytes.subarray(0, COMPARED - this.#burst.length));
    if (this.#burst.length < COMPARED) return;
    const heard = this.#burst.join();
    // A line that is held says the same all the time too.
    if (new Set(this.#burst).size === 1) return;
    if (this.#bursts.includes(heard)) this.#repeatedAt = [...this.#repeatedAt.slice(1 - BURSTS), now];
    else this.#bursts = [...this.#bursts.slice(1 - BURSTS), heard];
  }
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

/** Frames that were spoilt on the way; one with an unknown code came whole. */
export function spoilt(counts: Counts): number {
  return counts.checksum + counts.length + counts.escape + counts.content;
}

export function busCounts(statistics: Statistics, now: number): BusCounts {
  const recent = statistics.recent(now);
  return { frames: recent.frames, checksumErrors: statistics.total.checksum, badShare: badShare(recent) };
}
