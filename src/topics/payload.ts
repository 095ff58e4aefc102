// How the payload of a command is read. It comes from outside: numbers and booleans are taken as the world writes them,
// and everything else is refused.

import type { Expected, Range } from './row.ts';

/**
 * Whole amperes: of a fraction the whole below it, and never more than the range allows. Less than nothing is nothing: a
 * calculation of what is left says so. What is less than the range allows is refused.
 */
export function readAmps(text: string, { min, max }: Range): number | Expected {
  const amps = Math.floor(Math.max(0, readNumber(text)));
  return amps >= min ? Math.min(amps, max) : { expected: `amperes from ${min} to ${max}` };
}

/** As `readAmps`, but 0 is taken too, and what is more than that is at least the least of the range. */
export function readLimit(text: string, { min, max }: Range): number | Expected {
  const amps = readNumber(text);
  if (amps <= 0) return 0;
  return amps > 0
    ? Math.min(max, Math.max(min, Math.floor(amps)))
    : { expected: `amperes from ${min} to ${max}, or 0` };
}

const on: readonly string[] = ['1', 'true', 'on', 'yes'];
const off: readonly string[] = ['0', 'false', 'off', 'no'];

export function readSwitch(text: string): boolean | Expected {
  const word = text.trim().toLowerCase();
  if (on.includes(word)) return true;
  return off.includes(word) ? false : { expected: '1 or 0' };
}

/** `AMPS,SECONDS`. */
export function readAmpsAndSeconds(
  text: string,
  range: Range,
  longest: number,
): { readonly amps: number; readonly seconds: number } | Expected {
  const [first = '', second = '', ...more] = text.split(',');
  const amps = readAmps(first, range);
  if (typeof amps !== 'number') return { expected: `AMPS,SECONDS with AMPS ${amps.expected}` };
  const seconds = Math.floor(readNumber(second));
  return seconds >= 1 && seconds <= longest && more.length === 0
    ? { amps, seconds }
    : { expected: `AMPS,SECONDS with SECONDS from 1 to ${longest}` };
}

/** Whole minutes, as amperes. */
export function readMinutes(text: string, { min, max }: Range): number | Expected {
  const minutes = Math.floor(readNumber(text));
  return minutes >= min ? Math.min(minutes, max) : { expected: `minutes from ${min} to ${max}` };
}

/** A decimal number; NaN for anything else. */
function readNumber(text: string): number {
  return /^-?\d{1,6}(\.\d{1,20})?$/.test(text.trim()) ? Number(text) : Number.NaN;
}
