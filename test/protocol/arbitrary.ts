// Messages with arbitrary values for every row of the table, and their frames.

import fc, { type Arbitrary } from 'fast-check';
import { checksum } from '../../src/protocol/codec.ts';
import {
  type MasterMessage,
  type Message,
  masterMessages,
  messages,
  optInMessages,
  type Row,
  type SlaveMessage,
  slaveMessages,
} from '../../src/protocol/messages.ts';

export type Name = keyof typeof messages;

const hexDigits = (bytes: number) =>
  fc.nat({ max: 256 ** bytes - 1 }).map((n) =>
    n
      .toString(16)
      .toUpperCase()
      .padStart(2 * bytes, '0'),
  );
const byte = fc.nat({ max: 0xff });
const word = fc.nat({ max: 0xffff });
const hundredths = word.map((n) => n / 100);
const wholeLimit = fc.oneof(fc.constant(0), fc.integer({ min: 6, max: 80 }));
const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 11 });
const vinPart = (length: number) => fc.stringMatching(new RegExp(`^[0-9A-HJ-NPR-Z]{0,${length}}$`));
const dotted = (numbers: number) =>
  fc.array(byte, { minLength: numbers, maxLength: numbers }).map((parts) => parts.join('.'));

/** By the field's name. */
const values: Readonly<Record<string, Arbitrary<unknown>>> = {
  sender: hexDigits(2),
  receiver: hexDigits(2),
  sign: hexDigits(1),
  errorBitmap: hexDigits(1),
  masterPluggedIn: fc.boolean(),
  limitAmps: hundredths,
  actualAmps: hundredths,
  maxAmps: hundredths,
  state: byte,
  plugState: byte,
  energyCounter: fc.nat({ max: 0xffff_ffff }),
  volts: fc.tuple(word, word, word),
  phaseAmps: fc.tuple(byte, byte, byte).map((halves) => halves.map((n) => n / 2)),
  version: dotted(4),
  serial: printable,
  model: printable,
  vin: vinPart(7),
};

/** Where a field's name alone does not tell what it takes. */
const own: Partial<Record<Name, Readonly<Record<string, Arbitrary<unknown>>>>> = {
  masterHeartbeat: { command: fc.constant(0x00) },
  masterHeartbeatLimit: { command: fc.constantFrom(0x05, 0x08, 0x09), limitAmps: wholeLimit },
  masterHeartbeatError: { command: fc.constant(0x02) },
  masterHeartbeatStep: { command: fc.constantFrom(0x06, 0x07) },
  vinResponse3: { vin: vinPart(3) },
  firmwareResponse: { version: dotted(3) },
};

export const names = Object.keys(messages) as Name[];
export const spokenNames = Object.keys(masterMessages) as (keyof typeof masterMessages)[];
export const answeredNames = Object.keys(slaveMessages) as (keyof typeof slaveMessages)[];
export const optionalNames = Object.keys(optInMessages) as (keyof typeof optInMessages)[];
export const overheardNames = names.filter(
  (name) => !(name in { ...masterMessages, ...optInMessages, ...slaveMessages }),
);

export function messageNamed(name: keyof typeof masterMessages | keyof typeof optInMessages): Arbitrary<MasterMessage>;
export function messageNamed(name: keyof typeof slaveMessages): Arbitrary<SlaveMessage>;
export function messageNamed(name: Name): Arbitrary<Message>;
export function messageNamed(name: Name): Arbitrary<Message> {
  const fields = Object.keys(messages[name].fields).map((field) => {
    const value = own[name]?.[field] ?? values[field];
    if (!value) throw new Error(`${name}: say what ${field} may be`);
    return [field, value];
  });
  // One value for each field of the row.
  return fc.record({ name: fc.constant(name), ...Object.fromEntries(fields) }) as unknown as Arbitrary<Message>;
}

export const anyMessage = fc.constantFrom(...names).chain((name) => messageNamed(name));

/** The frame of any message, also of those that `encode` refuses to make, written field by field. */
export function frameOf(message: Message, length: number): Uint8Array {
  const row: Row = messages[message.name];
  const frame = new Uint8Array(length);
  frame[0] = row.code >> 8;
  frame[1] = row.code & 0xff;
  let at = 2;
  for (const [name, field] of Object.entries(row.fields)) {
    field.write(message[name as keyof Message] as never, frame, at);
    at += field.size;
  }
  return closed(frame);
}

/** The frame with the right checksum as its last byte. */
export function closed(frame: Uint8Array): Uint8Array {
  return Uint8Array.of(...frame.subarray(0, -1), checksum(frame));
}

export function heardLengths(name: Name): readonly number[] {
  return messages[name].lengths.heard;
}

/** Bytes of spaced hex digits, then `rest`, cut or filled up with zeros to `length`. */
export function bytesOf(hex: string, rest = new Uint8Array(), length?: number): Uint8Array {
  const all = [...hex.split(' ').map((digits) => Number.parseInt(digits, 16)), ...rest];
  return Uint8Array.from({ length: length ?? all.length }, (_, i) => all[i] ?? 0);
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((one) => one.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}
