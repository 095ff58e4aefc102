// The command `decode`: frames as hex, a frame per line, into a JSON line for each.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { decode } from '../protocol/codec.ts';
import { Cutter, END } from '../protocol/slip.ts';

type Line = { readonly valid: true; readonly message: unknown } | { readonly valid: false; readonly reason: string };

/** Shorter noise between frames is the junk byte of real units (protocol 1.2). */
const NOISE_FROM = 4;

export async function decodeLines(input: Readable, print: (text: string) => void): Promise<void> {
  for await (const line of createInterface({ input })) {
    for (const result of decodeLine(line)) print(`${JSON.stringify(result)}\n`);
  }
}

/** What stands in a line of hex digits in any spacing: wire bytes with C0, or the escaped bytes between two C0. */
export function decodeLine(line: string): Line[] {
  const digits = line.replace(/0x|[\s,:;-]/gi, '');
  if (digits === '') return [];
  if (!/^([0-9a-f]{2})+$/i.test(digits))
    return [refused(`expected pairs of hex digits, got ${line.trim().slice(0, 60)}`)];
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const cuts = new Cutter().cut(bytes.includes(END) ? bytes : Uint8Array.of(END, ...bytes, END), 0);
  const results = cuts.flatMap((cut): Line[] => {
    if (cut.frame) return [decode(cut.frame)];
    return cut.length < NOISE_FROM ? [] : [refused(cut.noise)];
  });
  if (results.length > 0) return results;
  return [refused(cuts[0]?.noise ?? 'no whole frame: expected C0, a frame, C0')];
}

function refused(reason: string): Line {
  return { valid: false, reason };
}
