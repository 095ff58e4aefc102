// How the payload of a command is read: strictly, since it comes from outside.

import type { Expected, Range } from './row.ts';

export function readAmps(text: string, { min, max }: Range): number | Expected {
  // Home Assistant writes a whole number with or without its decimal.
  const amps = /^\d{1,3}(\.0{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return amps >= min && amps <= max ? amps : { expected: `whole amperes from ${min} to ${max}` };
}

export function readSwitch(text: string): boolean | Expected {
  return text === '1' || text === '0' ? text === '1' : { expected: '1 or 0' };
}

/** `AMPS,SECONDS`. */
export function readAmpsAndSeconds(
  text: string,
  range: Range,
  longest: number,
): { readonly amps: number; readonly seconds: number } | Expected {
  const [first = '', second = ''] = text.split(',');
  const amps = readAmps(first, range);
  if (typeof amps !== 'number') return { expected: `AMPS,SECONDS with AMPS ${amps.expected}` };
  const seconds = /^\d{1,5}$/.test(second) ? Number(second) : 0;
  if (seconds < 1 || seconds > longest || text.split(',').length !== 2) {
    return { expected: `AMPS,SECONDS with SECONDS from 1 to ${longest}` };
  }
  return { amps, seconds };
}
