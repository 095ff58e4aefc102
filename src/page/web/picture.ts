// Where everything stands in the picture of the last hours. Numbers in, paths out.

import type { Sample } from '../samples.ts';

/** How it was at a time, Unix ms. */
export interface Point extends Sample {
  readonly at: number;
}

export interface PictureSettings {
  /** Oldest first. */
  readonly points: readonly Point[];
  readonly ids: readonly string[];
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly left: number;
  /** Where each of the points is, pixels from the left. */
  readonly places: readonly number[];
  readonly lines: readonly { readonly y: number; readonly text: string }[];
  readonly hours: readonly { readonly x: number; readonly at: number }[];
  /** A path for each of the ids. */
  readonly areas: readonly string[];
  readonly limit: string;
}

const LEFT = 44;
const TOP = 10;
const BOTTOM = 26;
/** A short while does not fill the picture. */
const LEAST_SPAN = 30 * 60_000;
const HOUR_WIDTH = 56;

/** Undefined while there are not two points to draw. */
export function picture({ points, ids, width, height }: PictureSettings): Picture | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first === last) return undefined;
  const until = last.at;
  const span = Math.max(LEAST_SPAN, until - first.at);
  const top = Math.max(6, ...points.map((one) => Math.max(one.limit ?? 0, total(one))));
  const x = (time: number) => round(LEFT + ((width - LEFT) * (time - (until - span))) / span);
  const y = (amps: number) => round(TOP + (height - TOP - BOTTOM) * (1 - amps / top));
  const levels = ids.map((_, place) => points.map((one) => total(one, ids.slice(0, place + 1))));
  const below = (place: number, i: number) => levels[place - 1]?.[i] ?? 0;
  return {
    left: LEFT,
    places: points.map(({ at }) => x(at)),
    lines: marks(top).map((amps) => ({ y: y(amps), text: `${amps} A` })),
    hours: hours(until - span, until, width - LEFT).map((at) => ({ x: x(at), at })),
    areas: levels.map((level, place) => {
      const there = level.map((amps, i) => `${x(points[i]?.at ?? until)} ${y(amps)}`);
      const back = level.map((_, i) => `${x(points[i]?.at ?? until)} ${y(below(place, i))}`).reverse();
      return `M${[...there, ...back].join('L')}Z`;
    }),
    limit: `M${points.flatMap(({ limit, at }) => (limit === undefined ? [] : [`${x(at)} ${y(limit)}`])).join('L')}`,
  };
}

/** What the picture shows, for who does not see it. */
export function label(points: readonly Point[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  const most = Math.max(...points.map((one) => total(one)));
  const limit = last.limit === undefined ? '' : `, the circuit is ${last.limit} A`;
  return `In the last ${lasting(last.at - first.at, '')} at most ${most.toFixed(1)} A, now ${total(last).toFixed(1)} A${limit}.`;
}

/** What was at a time. */
export function inWords({ at, amps, limit }: Point, ids: readonly string[]): string {
  const each = ids.map((id) => `${id} ${(amps[id] ?? 0).toFixed(1)} A`);
  return `${clock(at)}: ${[...each, ...(limit === undefined ? [] : [`circuit ${limit} A`])].join(', ')}`;
}

/** The time of day where the browser is. */
export function clock(at: number): string {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** `one` stands before a single minute. */
export function lasting(milliseconds: number, one = '1 '): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 60) return minutes === 1 ? `${one}minute` : `${minutes} minutes`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

function total({ amps }: Sample, ids = Object.keys(amps)): number {
  return ids.reduce((sum, id) => sum + (amps[id] ?? 0), 0);
}

function marks(top: number): number[] {
  const step = [2, 5, 10, 20, 50, 100].find((one) => top / one <= 5) ?? 100;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
}

/** Round times of day between two, so many that they do not touch on so many pixels. */
function hours(from: number, to: number, pixels: number): number[] {
  const minute = 60_000;
  const step =
    [5, 10, 15, 30, 60, 120, 180, 240].find((one) => (to - from) / (one * minute) <= pixels / HOUR_WIDTH) ?? 360;
  const offset = new Date(to).getTimezoneOffset() * minute;
  const first = Math.ceil((from - offset) / (step * minute)) * step * minute + offset;
  const all: number[] = [];
  // The first and last ones would hang over the edge.
  for (let at = first; at <= to; at += step * minute) all.push(at);
  const margin = ((to - from) * HOUR_WIDTH) / 2 / pixels;
  return all.filter((at) => at - from > margin && to - at > margin);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
