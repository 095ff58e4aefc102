// The charging sessions of the past as the page needs them: the newest, the totals, all of them as CSV. They are read in
// slices, one reader at a time, so that years of them never keep the bus waiting.

import { csvHeading, csvLine, type SessionRecord } from '../session/record.ts';
import type { Sessions, SessionTotal } from './wire.ts';

/** Gives all sessions that are over, some at a time. */
export type ReadSessions = () => AsyncIterable<readonly SessionRecord[]>;

export interface SessionFilter {
  /** `2026-05` */
  readonly month?: string | null | undefined;
  readonly charger?: string | null | undefined;
  readonly vin?: string | null | undefined;
}

/** Too many wait already. */
export class BusyError extends Error {}

const MOST_SHOWN = 50;
/** Of combinations of month, charger and car; the oldest months beyond are left out. */
const MOST_TOTALS = 2_000;
const MOST_SELECTIONS = 8;
const MOST_WAITING = 8;
/** What was read is new enough for so long, unless a session ends (ms). */
const FRESH_FOR = 60_000;
const CHUNK_LINES = 500;

interface Selection {
  readonly content: Promise<Sessions>;
  readonly at: number;
}

export class SessionHistory {
  readonly #read: ReadSessions;
  readonly #clock: () => number;
  #selections: ReadonlyMap<string, Selection> = new Map();
  #csv: Promise<readonly Uint8Array[]> | undefined;
  #reading: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `clock` gives monotonic milliseconds. */
  constructor(read: ReadSessions, clock: () => number) {
    this.#read = read;
    this.#clock = clock;
  }

  /** A session has ended: what was read before is old. */
  changed(): void {
    this.#selections = new Map();
  }

  select(filter: SessionFilter): Promise<Sessions> {
    const { month, charger, vin } = filter;
    const key = JSON.stringify([month, charger, vin]);
    const known = this.#selections.get(key);
    if (known && this.#clock() - known.at < FRESH_FOR) return known.content;
    const content = this.#inTurn(() => selection(this.#read(), filter));
    const others = [...this.#selections].filter(([other]) => other !== key).slice(1 - MOST_SELECTIONS);
    this.#selections = new Map([...others, [key, { content, at: this.#clock() }]]);
    content.catch(() => this.changed());
    return content;
  }

  /** All sessions in the order in which they began, in pieces. */
  csv(): Promise<readonly Uint8Array[]> {
    this.#csv ??= this.#inTurn(() => csvChunks(this.#read())).finally(() => {
      this.#csv = undefined;
    });
    return this.#csv;
  }

  #inTurn<T>(read: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MOST_WAITING) return Promise.reject(new BusyError('the sessions are being read, try again'));
    this.#waiting++;
    const done = this.#reading.then(read).finally(() => this.#waiting--);
    this.#reading = done.catch(() => {});
    return done;
  }
}

async function selection(slices: AsyncIterable<readonly SessionRecord[]>, filter: SessionFilter): Promise<Sessions> {
  const totals = new Map<string, SessionTotal>();
  let newest: Dated[] = [];
  let count = 0;
  for await (const slice of slices) {
    for (const record of slice) {
      addTo(totals, record);
      if (!isSelected(record, filter)) continue;
      count++;
      newest.push({ record, at: Date.parse(record.start) });
    }
    newest = newest.sort((a, b) => b.at - a.at).slice(0, MOST_SHOWN);
  }
  const sorted = [...totals.values()].sort(
    (a, b) => b.month.localeCompare(a.month) || a.charger.localeCompare(b.charger) || a.vin.localeCompare(b.vin),
  );
  return { newest: newest.map(({ record }) => record), count, totals: sorted.slice(0, MOST_TOTALS) };
}

interface Dated {
  readonly record: SessionRecord;
  readonly at: number;
}

function isSelected({ start, charger, vin }: SessionRecord, filter: SessionFilter): boolean {
  return (
    start.startsWith(filter.month ?? '') &&
    charger === (filter.charger ?? charger) &&
    vin.toUpperCase() === (filter.vin ?? vin).toUpperCase()
  );
}

function addTo(
  totals: Map<string, SessionTotal>,
  { start, charger, vin, seconds, kWh, energyFrom }: SessionRecord,
): void {
  const month = start.slice(0, 7);
  const key = `${month} ${charger} ${vin}`;
  const before = totals.get(key) ?? { month, charger, vin, count: 0, seconds: 0, kWh: 0 };
  const energy = energyFrom === 'none' ? 0 : kWh;
  totals.set(key, {
    ...before,
    count: before.count + 1,
    seconds: before.seconds + seconds,
    kWh: Math.round((before.kWh + energy) * 1_000) / 1_000,
  });
}

async function csvChunks(slices: AsyncIterable<readonly SessionRecord[]>): Promise<readonly Uint8Array[]> {
  const lines: { readonly at: number; readonly line: string }[] = [];
  for await (const slice of slices) {
    for (const record of slice) lines.push({ at: Date.parse(record.start), line: csvLine(record) });
  }
  lines.sort((a, b) => a.at - b.at);
  const chunks = [Buffer.from(csvHeading)];
  for (let from = 0; from < lines.length; from += CHUNK_LINES) {
    const part = lines.slice(from, from + CHUNK_LINES);
    chunks.push(Buffer.from(part.map(({ line }) => line).join('')));
  }
  return chunks;
}
