// The numbers of the chart: samples in columns become stacked steps. No element is made here.

import type { Sample, SampleColumns } from '../samples.ts';
import { formatAmps } from './format.ts';
import { sum } from './model.ts';

export interface ChartData {
  /** The start of each step, Unix s; the last one begins now. */
  readonly times: readonly number[];
  readonly limit: Column;
  /** By charger, in the order of the ids. */
  readonly amps: readonly Column[];
  /** Each charger on top of those before it. */
  readonly stacked: readonly Column[];
}

type Column = readonly (number | null)[];

/** Seconds between the end of a step and the gap behind it. */
const END_GAP = 0.001;

/** How it was at a moment. */
export interface Moment extends Sample {
  /** Unix ms. */
  readonly at: number;
}

/** Adds a sample; the oldest goes when there are too many. */
export function withSample(columns: SampleColumns, { limit, amps }: Sample, most: number): SampleColumns {
  const length = columns.limit.length;
  const ids = [...new Set([...Object.keys(columns.amps), ...Object.keys(amps)])];
  const before = (id: string) => columns.amps[id] ?? new Array<null>(length).fill(null);
  return {
    every: columns.every,
    until: columns.until + columns.every,
    limit: [...columns.limit, limit].slice(-most),
    amps: Object.fromEntries(ids.map((id) => [id, [...before(id), amps[id] ?? null].slice(-most)])),
  };
}

/**
 * The steps to draw: samples that end after `from` (Unix ms), then the moments since the last sample, oldest first; the last
 * of them is now. `offset`: how much later the clock of the browser is than that of the bridge, ms.
 */
export function chartData(
  { limit, amps, every, until }: SampleColumns,
  moments: readonly Moment[],
  ids: readonly string[],
  from: number,
  offset: number,
): ChartData {
  const end = until + offset;
  const first = Math.max(0, limit.length - Math.max(0, Math.ceil((end - from) / every)));
  const starts = limit.map((_, i) => end - (limit.length - i) * every).slice(first);
  const recent = moments.filter(({ at }) => at >= end);
  const times = [...starts, ...recent.map(({ at }) => at)].map((at) => at / 1_000);
  const columns = ids.map((id) => [
    ...(amps[id] ?? limit.map(() => null)).slice(first),
    ...recent.map((moment) => moment.amps[id] ?? null),
  ]);
  const limits = [...limit.slice(first), ...recent.map((moment) => moment.limit)];
  const ends = endsBeforeGaps([...columns, limits]);
  const withEnds = <T>(column: readonly T[]): T[] => column.flatMap((one, i) => (ends.has(i) ? [one, one] : [one]));
  const all = columns.map(withEnds);
  return {
    times: times.flatMap((at, i) => (ends.has(i) ? [at, (times[i + 1] ?? at) - END_GAP] : [at])),
    limit: withEnds(limits),
    amps: all,
    stacked: all.map((_, place) => stacked(all, place)),
  };
}

/** The steps after which something is not known: each is drawn to its end, not only at its beginning. */
function endsBeforeGaps(columns: readonly Column[]): ReadonlySet<number> {
  const steps = columns[0]?.map((_, i) => i) ?? [];
  const isEnd = (i: number) =>
    columns.some((column) => column[i] !== null && i + 1 < column.length && column[i + 1] === null);
  return new Set(steps.filter(isEnd));
}

/** A charger on top of those before it; a gap where nothing is known of any. */
function stacked(columns: readonly Column[], place: number): (number | null)[] {
  const below = columns.slice(0, place + 1);
  return (columns[0] ?? []).map((_, i) =>
    columns.every((column) => (column[i] ?? null) === null) ? null : sum(below.map((column) => column[i] ?? 0)),
  );
}

/** The greatest value that the chart has to show. */
export function highest({ limit, stacked }: ChartData): number {
  return Math.max(6, ...limit.map((one) => one ?? 0), ...(stacked.at(-1) ?? []).map((one) => one ?? 0));
}

/** The place of the step that holds at a time. */
export function placeAt(times: readonly number[], time: number): number {
  const after = times.findIndex((one) => one > time);
  return Math.max(0, (after < 0 ? times.length : after) - 1);
}

/** A value of the readout. */
export function ampsText(amps: number | null | undefined): string {
  return amps === null || amps === undefined ? '–' : formatAmps(amps);
}
