// The command `decode`: frames as hex, a frame per line, into a JSON line for each.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { decode } from '../protocol/codec.ts';
import { Cutter, END } from '../protocol/slip.ts';
import { withoutDumps } from './dump.ts';

type Line = { readonly valid: true; readonly message: unknown } | { readonly valid: false; readonly reason: string };

/** Shorter noise between frames is the junk byte of real units (protocol 1.2). */
const NOISE_FROM = 4;

export async function decodeLines(input: Readable, print: (text: string) => void): Promise<void> {
  let lines = 0;
  let found = 0;
  for await (const piece of withoutDumps(createInterface({ input }))) {
    lines++;
    for (const result of typeof piece === 'string' ? decodeLine(piece) : framesIn(piece)) {
      found++;
      print(`${JSON.stringify(result)}\n`);
    }
  }
  if (lines > 0 && found === 0) print(`${JSON.stringify(refused('no frame: expected hex such as C0 FB E0 … C0'))}\n`);
}

/**
 * The frames in a line of hex digits in any spacing, or of a log: wire bytes with C0, or the bytes between two C0. Time
 * stamps and words are left out, and so are the bytes in parentheses that TWCManager shows as noise.
 */
export function decodeLine(line: string): Line[] {
  const cleaned = spelledInHex(line).replace(NO_FRAME, ' ').trim();
  if (cleaned === '') return [];
  // Digits and spaces alone: wherever the spaces are.
  const text = /^[0-9a-f\s]+$/i.test(cleaned) ? cleaned.replaceAll(/\s/g, '') : cleaned;
  const isHex = /^[0-9a-fx\\h\s.,:;_-]+$/i.test(text);
  const runs = [...text.matchAll(RUN)].map(([run]) => bytesIn(run)).filter((run) => isHex || looksLikeFrame(run));
  if (isHex && (runs.length === 0 || !WHOLE.test(text)))
    return [refused(`expected pairs of hex digits, got ${cleaned.slice(0, 60)}`)];
  return runs.flatMap(framesIn);
}

/** Other ways to write bytes, and how each is written in pairs of hex digits. */
const spellings: readonly (readonly [RegExp, (bytes: string) => string])[] = [
  // A text of Python or of ESPHome, in which letters stand for themselves: b'\\xc0\\xfb\\xe0ww\\x02'.
  [
    /\(?b?(["'])(?=[^"']*\\x)(?:\\.|[ -~])*?\1\)?/gi,
    (found) =>
      [...found.replace(/^\(?b?["']|["']\)?$/g, '').matchAll(/\\x([0-9a-f]{2})|\\([nrt])|\\?(.)/gi)]
        .map(
          ([, hex, control, letter]) =>
            hex ?? pair({ n: 10, r: 13, t: 9 }[control ?? ''] ?? letter?.charCodeAt(0) ?? 0),
        )
        .join(' '),
  ],
  // Numbers of which one at least can be no pair of hex digits: [192, 251, 224, 119].
  [
    /(?<![\w.])(?=(?:\d{1,2}[\s,]+){0,3}\d{3}\b)\d{1,3}(?:[\s,]+\d{1,3}){12,}(?![\w.])/g,
    (found) =>
      found
        .split(/[\s,]+/)
        .map(Number)
        .map(pair)
        .join(' '),
  ],
  // Without the first digit where it is 0, as an Arduino does: C0 FB E0 77 77 2 0 0.
  [
    /(?<![0-9a-z])(?:0x)?[0-9a-f]{1,2}(?:[\s,.:;-]+(?:0x)?[0-9a-f]{1,2}){12,}(?![0-9a-z])/gi,
    (found) => found.replace(/(?<![0-9a-f])[0-9a-f](?![0-9a-fx])|(?<=0x)[0-9a-f](?![0-9a-f])/gi, '0$&'),
  ],
];

function spelledInHex(line: string): string {
  return spellings.reduce((text, [pattern, spell]) => text.replace(pattern, (found) => spell(found)), line);
}

function pair(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Dates, times, seconds since 1970, and what stands in parentheses. */
const NO_FRAME =
  /\b\d{4}[-/.]\d\d[-/.]\d\d(?=[T\s])T?|(?<![\w:])\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?!\w|:[0-9a-f]{2})|\b\d{9,}\.\d+|\([^()]*\)/g;
const BYTE = '(?:0x|\\\\x)?[0-9a-f]{2}h?';
/** What stands between two bytes. */
const BETWEEN = `[\\s.,:;_|<>\\[\\]$%'"-]*`;
const BYTES = `${BYTE}(?:${BETWEEN}${BYTE})*`;
/** Pairs of hex digits one after the other. */
const RUN = new RegExp(`(?<![0-9a-z])${BYTES}(?![0-9a-z])`, 'gi');
const WHOLE = new RegExp(`^${BETWEEN}${BYTES}${BETWEEN}$`, 'i');
/** Fewer bytes between words are a number, an address or a word such as "added". */
const FRAME_FROM = 8;

/** Between words there are other bytes too, such as those of a VIN. A frame has C0 or begins with FB, FC or FD. */
function looksLikeFrame(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  const begins = [first, second].some((byte) => byte >= 0xfb && byte <= 0xfd);
  return bytes.length >= FRAME_FROM && (begins || bytes.includes(END));
}

function bytesIn(run: string): Uint8Array {
  return Uint8Array.from(run.replace(/0x|\\x/gi, '').match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Programs show the bytes between two C0 as they are on the wire, or as they are meant, some with a junk byte at the end;
 * in a log the number before them may look like another byte.
 */
function framesIn(bytes: Uint8Array): Line[] {
  if (bytes[0] !== END) {
    const candidates = [bytes, bytes.subarray(0, -1), bytes.subarray(1), bytes.subarray(1, -1)];
    const plain = candidates.map((some) => decode(some)).find(({ valid }) => valid);
    if (plain) return [plain];
  }
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
