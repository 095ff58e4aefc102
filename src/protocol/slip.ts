// SLIP: frames ⇄ the bytes on the wire (protocol 2.1 to 2.3). C0 both ends and starts a frame, so one lost or invented
// C0 costs at most the frames that it touches.

import { longestFrame, shortestFrame } from './codec.ts';

/** Begins and ends a frame. */
export const END = 0xc0;
const ESCAPE = 0xdb;
const ESCAPED_END = 0xdc;
const ESCAPED_ESCAPE = 0xdd;

/** What stood between two C0: a frame of possible length, or noise with the reason. */
export type Cut =
  | { readonly frame: Uint8Array; readonly noise?: undefined }
  | { readonly frame?: undefined; readonly noise: string; readonly length: number };

/** A candidate that has seen no byte for this long is forgotten, ms. */
const FORGET_AFTER = 2_000;

/** Cuts a stream of bytes. Memory is bounded by the longest frame, whatever comes. */
export class Cutter {
  readonly #buffer = new Uint8Array(longestFrame);
  #length = 0;
  #collecting = false;
  #escaping = false;
  #broken: string | undefined;
  #lastByteAt = Number.NEGATIVE_INFINITY;

  /** What these bytes complete. `now` in milliseconds. */
  cut(bytes: Uint8Array, now: number): readonly Cut[] {
    const cuts: Cut[] = [];
    if (now - this.#lastByteAt > FORGET_AFTER) this.#begin(false);
    if (bytes.length > 0) this.#lastByteAt = now;
    for (const byte of bytes) {
      if (byte === END) {
        if (this.#collecting && (this.#length > 0 || this.#escaping)) cuts.push(this.#candidate());
        this.#begin(true);
      } else if (!this.#collecting) continue;
      else if (this.#escaping) this.#appendEscaped(byte);
      else if (byte === ESCAPE) this.#escaping = true;
      else this.#append(byte);
    }
    return cuts;
  }

  #begin(collecting: boolean): void {
    this.#collecting = collecting;
    this.#length = 0;
    this.#escaping = false;
    this.#broken = undefined;
  }

  #candidate(): Cut {
    const length = this.#length;
    if (this.#escaping) this.#broken = 'escape: the frame ends inside an escape';
    if (this.#broken !== undefined) return { noise: this.#broken, length };
    if (length < shortestFrame)
      return { noise: `length: expected ${shortestFrame} to ${longestFrame} bytes, got ${length}`, length };
    return { frame: this.#buffer.slice(0, length) };
  }

  #append(byte: number): void {
    if (this.#length < this.#buffer.length) this.#buffer[this.#length++] = byte;
    else this.#broken ??= `length: more than ${longestFrame} bytes`;
  }

  #appendEscaped(byte: number): void {
    this.#escaping = false;
    if (byte === ESCAPED_END) this.#append(END);
    else if (byte === ESCAPED_ESCAPE) this.#append(ESCAPE);
    else this.#broken ??= `escape: expected DC or DD after DB, got ${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
}

/** The first frame in bytes of the wire; undefined when there is none. */
export function firstFrame(bytes: Uint8Array): Uint8Array | undefined {
  return new Cutter().cut(bytes, 0)[0]?.frame;
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
