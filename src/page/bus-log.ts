// The bus log: raw bytes of either direction become lines for a person, the words of a frame beside its bytes.

import { decode } from '../protocol/codec.ts';
import { describeMessage } from '../protocol/describe.ts';
import { type Cut, Cutter, END } from '../protocol/slip.ts';

export interface Line {
  /** Whether we said it or heard it. */
  readonly way: 'said' | 'heard';
  /** `frame`: understood. `strange`: a frame that is not. `noise`: no frame. */
  readonly kind: 'frame' | 'strange' | 'noise';
  readonly text: string;
  /** As they were on the wire, hex. */
  readonly bytes: string;
}

export interface BusLog {
  /** The lines that these bytes complete; `now` in milliseconds. */
  lines(way: Line['way'], bytes: Uint8Array, now: number): readonly Line[];
}

/** Shorter noise between frames is the junk byte of real units (protocol 1.2). */
const NOISE_FROM = 4;
/** More of one line is not shown; the longest frame has 42 bytes when all of it is escaped. */
const MOST_BYTES = 64;

export function createBusLog(): BusLog {
  const ways = { said: createReader('said'), heard: createReader('heard') };
  return { lines: (way, bytes, now) => ways[way](bytes, now) };
}

function createReader(way: Line['way']): (bytes: Uint8Array, now: number) => Line[] {
  const cutter = new Cutter();
  /** Since the last line. */
  let raw: number[] = [];
  let length = 0;

  function begin(): void {
    raw = [END];
    length = 1;
  }

  function complete(cut: Cut): Line | undefined {
    const bytes = raw.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
    const shown = length > MOST_BYTES ? `${bytes} … (${length} bytes)` : bytes;
    if (!cut.frame) {
      return cut.length < NOISE_FROM ? undefined : { way, kind: 'noise', text: `noise, ${cut.noise}`, bytes: shown };
    }
    const decoded = decode(cut.frame);
    return decoded.valid
      ? { way, kind: 'frame', text: describeMessage(decoded.message), bytes: shown }
      : { way, kind: 'strange', text: `not understood, ${decoded.reason}`, bytes: shown };
  }

  return (bytes, now) => {
    const lines: Line[] = [];
    // One by one, so that it is known which bytes made a line.
    for (const byte of bytes) {
      length++;
      if (raw.length < MOST_BYTES) raw.push(byte);
      const [cut] = cutter.cut(Uint8Array.of(byte), now);
      const line = cut && complete(cut);
      if (line) lines.push(line);
      // The end of one may be the start of the next.
      if (byte === END) begin();
    }
    return lines;
  };
}
