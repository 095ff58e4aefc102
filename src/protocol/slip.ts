// SLIP: frames ⇄ the bytes on the wire (protocol 2.1 to 2.3). C0 both ends and starts a frame, so one lost or invented
// C0 costs at most the frames that it touches.

import { longestFrame, shortestFrame } from './codec.ts';

const END = 0xc0;
const ESCAPE = 0xdb;
const ESCAPED_END = 0xdc;
const ESCAPED_ESCAPE = 0xdd;

/** What stood between two C0: a frame of possible length, or noise with the reason. */
export type Cut =
  | { readonly frame: Uint8Array; readonly noise?: undefined }
  | { readonly frame?: undefined; readonly noise: string; readonly length: number };

/** Cuts a stream of bytes. Memory is bounded by the longest frame, whatever comes. */
export interface Cutter {
  /** `now` in milliseconds: a candidate that has seen no byte for two seconds is forgotten. */
  cut(bytes: Uint8Array, now: number): readonly Cut[];
}

const FORGET_AFTER = 2_000;

export function createCutter(): Cutter {
  const buffer = new Uint8Array(longestFrame);
  let length = 0;
  let collecting = false;
  let escaping = false;
  let broken: string | undefined;
  let lastByteAt = Number.NEGATIVE_INFINITY;

  function begin(started: boolean): void {
    collecting = started;
    length = 0;
    escaping = false;
    broken = undefined;
  }

  function candidate(): Cut {
    if (escaping) broken = 'escape: the frame ends inside an escape';
    if (broken !== undefined) return { noise: broken, length };
    if (length < shortestFrame)
      return { noise: `length: expected ${shortestFrame} to ${longestFrame} bytes, got ${length}`, length };
    return { frame: buffer.slice(0, length) };
  }

  function append(byte: number): void {
    if (length < buffer.length) buffer[length++] = byte;
    else broken ??= `length: more than ${longestFrame} bytes`;
  }

  function appendEscaped(byte: number): void {
    escaping = false;
    if (byte === ESCAPED_END) append(END);
    else if (byte === ESCAPED_ESCAPE) append(ESCAPE);
    else broken ??= `escape: expected DC or DD after DB, got ${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }

  return {
    cut(bytes, now) {
      const cuts: Cut[] = [];
      if (now - lastByteAt > FORGET_AFTER) begin(false);
      if (bytes.length > 0) lastByteAt = now;
      for (const byte of bytes) {
        if (byte === END) {
          if (collecting && (length > 0 || escaping)) cuts.push(candidate());
          begin(true);
        } else if (!collecting) continue;
        else if (escaping) appendEscaped(byte);
        else if (byte === ESCAPE) escaping = true;
        else append(byte);
      }
      return cuts;
    },
  };
}

/** The bytes on the wire: C0, the escaped frame, C0. */
export function wire(frame: Uint8Array): Uint8Array {
  const bytes = [END];
  for (const byte of frame) {
    if (byte === END) bytes.push(ESCAPE, ESCAPED_END);
    else if (byte === ESCAPE) bytes.push(ESCAPE, ESCAPED_ESCAPE);
    else bytes.push(byte);
  }
  bytes.push(END);
  return Uint8Array.from(bytes);
}
