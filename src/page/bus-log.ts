// The bus log: raw bytes of either direction become lines for a person, the words of a frame beside its bytes.

import { decode } from '../protocol/codec.ts';
import { describeMessage } from '../protocol/describe.ts';
import type { Message } from '../protocol/messages.ts';
import { type Cut, Cutter, END } from '../protocol/slip.ts';

export interface Line {
  /** Whether the bridge sent or received it. */
  readonly direction: 'sent' | 'received';
  /** `frame`: a known message. `unknown`: another frame. `noise`: no frame. */
  readonly type: 'frame' | 'unknown' | 'noise';
  /** The name of the message; empty for none. */
  readonly message: string;
  /** The units that the message names. */
  readonly units: readonly string[];
  readonly text: string;
  /** As on the wire, hex. */
  readonly bytes: string;
}

export interface BusLog {
  /** The lines that these bytes complete; `now` in milliseconds. */
  lines(direction: Line['direction'], bytes: Uint8Array, now: number): readonly Line[];
}

/** Shorter noise between frames is the junk byte of real units (protocol 1.2). */
const NOISE_FROM = 4;
/** More of one line is not shown; the longest frame has 42 bytes when all of it is escaped. */
const MOST_BYTES = 64;

export function createBusLog(): BusLog {
  const readers = { sent: createReader('sent'), received: createReader('received') };
  return { lines: (direction, bytes, now) => readers[direction](bytes, now) };
}

function createReader(direction: Line['direction']): (bytes: Uint8Array, now: number) => Line[] {
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
    const line = { direction, message: '', units: [], bytes: shown };
    if (!cut.frame) {
      return cut.length < NOISE_FROM ? undefined : { ...line, type: 'noise', text: `noise, ${cut.noise}` };
    }
    const decoded = decode(cut.frame);
    if (!decoded.valid) return { ...line, type: 'unknown', text: `not understood, ${decoded.reason}` };
    const { message } = decoded;
    return { ...line, type: 'frame', message: message.name, units: unitsIn(message), text: describeMessage(message) };
  }

  return (bytes, now) => {
    const lines: Line[] = [];
    // One by one, to know which bytes belong to a line.
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

function unitsIn(message: Message): string[] {
  return [...('sender' in message ? [message.sender] : []), ...('receiver' in message ? [message.receiver] : [])];
}
