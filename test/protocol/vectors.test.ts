// Every frame of vectors.json, alone, byte by byte, in random chunks and all in one stream.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../src/protocol/codec.ts';
import {
  type MasterMessage,
  type Message,
  masterMessages,
  type SlaveMessage,
  slaveMessages,
} from '../../src/protocol/messages.ts';
import { type Cut, Cutter, wire } from '../../src/protocol/slip.ts';

type Json = Record<string, unknown>;
interface Vector {
  readonly name: string;
  readonly wire_hex: string;
  readonly valid: boolean;
  readonly kind?: string;
  readonly decoded: Json & { frames?: Json[]; body_hex?: string };
}

const vectors: Vector[] = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8'));
const everything = vectors.map((vector) => bytesOf(vector.wire_hex));

test('the file holds what it is said to hold', () => {
  expect(vectors.length).toBeGreaterThan(120);
});

describe.each(vectors)('$name', (vector) => {
  const wanted = vector.kind === 'stream' ? (vector.decoded.frames ?? []) : vector.valid ? [vector.decoded] : [];

  test('gives its messages and no others', () => {
    const messages = heard([bytesOf(vector.wire_hex)]);
    expect(messages).toHaveLength(wanted.length);
    messages.forEach((message, i) => void expect(message).toMatchObject(translated(wanted[i] ?? {})));
  });

  test('gives the same byte by byte', () => {
    const bytes = bytesOf(vector.wire_hex);
    expect(heard([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(heard([bytes]));
  });

  test('encodes back to the same bytes where it is ours to send', () => {
    for (const decoded of wanted) {
      const frame = bytesOf(String(decoded.body_hex));
      const result = decode(frame);
      if (!result.valid || !ours(result.message) || !genuine(decoded)) continue;
      const version = frame.length === 14 ? 1 : 2;
      expect(hex(encode(result.message, version))).toBe(hex(frame));
      expect(hex(heardFrames([wire(frame)])[0] ?? new Uint8Array())).toBe(hex(frame));
    }
  });
});

test('the whole file as one stream gives the same messages however it is chunked', () => {
  const stream = Buffer.concat(everything.flatMap((bytes) => [bytes, Uint8Array.of(0xc0)]));
  const whole = heard([stream]);
  expect(whole.length).toBeGreaterThan(100);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      const chunks: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        chunks.push(stream.subarray(at, at + size));
        at += size;
      }
      expect(heard(chunks)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

const names: Record<string, string> = {
  version_ext_request: 'versionRequest',
  version_ext_response: 'versionResponse',
};
const heartbeats: Record<string, string> = {
  '02': 'Error',
  '05': 'Limit',
  '06': 'Step',
  '07': 'Step',
  '08': 'Limit',
  '09': 'Limit',
};

/** The file's words in ours: names in camel case, sub-kinds of a message as names of their own, codes as numbers. */
function translated(decoded: Json): Json {
  const type = String(decoded.type);
  const base = names[type] ?? camel(type);
  const suffix =
    type === 'master_heartbeat'
      ? (heartbeats[String(decoded.command)] ?? '')
      : 'part' in decoded
        ? String(Number(decoded.part) + 1)
        : type === 'meter_response' && decoded.length_with_checksum === 16
          ? 'Short'
          : '';
  const ignored = /^(cmd|type|length_with_checksum|body_hex|checksum|part|.*_name|nonstandard.*|protocol_version)$/;
  const fields = Object.entries(decoded).filter(([key]) => !ignored.test(key));
  return {
    name: base + suffix,
    ...Object.fromEntries(
      fields.map(([key, value]) => [
        key === 'text' ? 'vin' : camel(key),
        key === 'state' || key === 'command' ? Number.parseInt(String(value), 16) : value,
      ]),
    ),
  };
}

/** Requests of odd length and bytes where genuine units have zeros cannot come from our encoder. */
function genuine(decoded: Json): boolean {
  const length = decoded.length_with_checksum;
  const longReply = decoded.type === 'vin_response' && length === 16;
  return (
    !('nonstandard_bytes_5_6' in decoded) && [14, 16, 20].includes(Number(length)) && !longReply && wholeLimit(decoded)
  );
}

function wholeLimit(decoded: Json): boolean {
  const amps = decoded.limit_amps;
  return decoded.type !== 'master_heartbeat' || amps === undefined || Number.isInteger(amps);
}

function ours(message: Message): message is MasterMessage | SlaveMessage {
  return message.name in masterMessages || message.name in slaveMessages;
}

function heard(chunks: readonly Uint8Array[]): Message[] {
  return heardFrames(chunks)
    .map((frame) => decode(frame))
    .flatMap((result) => (result.valid ? [result.message] : []));
}

function heardFrames(chunks: readonly Uint8Array[]): Uint8Array[] {
  const cutter = new Cutter();
  const cuts: Cut[] = chunks.flatMap((chunk) => [...cutter.cut(chunk, 0)]);
  return cuts.flatMap((cut) => (cut.frame ? [cut.frame] : []));
}

function camel(snake: string): string {
  return snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
