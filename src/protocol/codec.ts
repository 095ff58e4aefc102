// Frames ⇄ messages. A frame is the unescaped bytes from the type byte to the checksum, both included (protocol 2).

import {
  type MasterMessage,
  type Message,
  masterMessages,
  messages,
  optInMessages,
  type Row,
  type SlaveMessage,
  slaveMessages,
} from './messages.ts';

/** Protocol version of a unit: 1 speaks 14-byte frames, 2 speaks 16-byte frames. */
export type Version = 1 | 2;

export type Decoded =
  | { readonly valid: true; readonly message: Message }
  | { readonly valid: false; readonly reason: string };

export const shortestFrame = 13;
export const longestFrame = 20;
const VERSION_1_LENGTH = 14;
const SLAVE_TYPE = 0xfd;

/** Decodes one frame. Bytes after the fields are not looked at: real masters and others disagree about them. */
export function decode(frame: Uint8Array): Decoded {
  if (frame.length < shortestFrame || frame.length > longestFrame) {
    return refused(`length: expected ${shortestFrame} to ${longestFrame} bytes, got ${frame.length}`);
  }
  const expected = checksum(frame);
  const got = frame[frame.length - 1];
  if (got !== expected) return refused(`checksum: expected ${hex(expected)}, got ${hex(got)}`);
  const rows = rowsByCode.get(codeOf(frame));
  if (!rows) return refused(`code: no known message has ${hex(frame[0])} ${hex(frame[1])}`);
  const fits = ({ lengths }: Known) => lengths.heard.includes(frame.length);
  for (const row of rows) {
    const message = fits(row) ? read(row, frame) : undefined;
    if (message) return { valid: true, message };
  }
  const fitting = rows.filter(fits).map(({ name }) => name);
  if (fitting.length > 0) return refused(`content: no ${fitting.join(' or ')} has these bytes`);
  const lengths = [...new Set(rows.flatMap(({ lengths }) => lengths.heard))].join(', ');
  return refused(`length: expected ${lengths} bytes for ${hex(frame[0])} ${hex(frame[1])}, got ${frame.length}`);
}

/** Encodes a message as the frame that a unit of that version sends. Throws a RangeError for a value outside its field. */
export function encode(message: MasterMessage | SlaveMessage, version: Version = 2): Uint8Array {
  const { code, lengths, fields } = sendable[message.name];
  const frame = new Uint8Array(lengths[version]);
  frame[0] = code >> 8;
  frame[1] = code & 0xff;
  let at = 2;
  for (const [name, field] of fields) {
    // The message's type follows from the row, so the value has the field's type.
    field.write(message[name as keyof typeof message] as never, frame, at);
    at += field.size;
  }
  frame[frame.length - 1] = checksum(frame);
  return frame;
}

/** The version of the unit that sent a frame (protocol 2.2). */
export function versionOf(frame: Uint8Array): Version {
  return frame.length === VERSION_1_LENGTH ? 1 : 2;
}

/** Whether a frame's type byte is that of a slave, or of a genuine master about itself; others are a master's (protocol 5). */
export function isSlaveFrame(frame: Uint8Array): boolean {
  return frame[0] === SLAVE_TYPE;
}

/** The two bytes that name a message. */
export function codeOf(frame: Uint8Array): number {
  return ((frame[0] ?? 0) << 8) | (frame[1] ?? 0);
}

/** Sum of all bytes but the first and the last, modulo 256 (protocol 2.1). */
export function checksum(frame: Uint8Array): number {
  let sum = 0;
  for (let i = 1; i < frame.length - 1; i++) sum += frame[i] ?? 0;
  return sum & 0xff;
}

/** A row with its name and its fields ready to be walked over. */
interface Known extends Omit<Row, 'fields'> {
  readonly name: string;
  readonly fields: readonly [string, Row['fields'][string]][];
}

const known = Object.entries<Row>(messages).map(
  ([name, row]): Known => ({ ...row, name, fields: Object.entries(row.fields) }),
);

const rowsByCode = new Map<number, readonly Known[]>();
for (const row of known) rowsByCode.set(row.code, [...(rowsByCode.get(row.code) ?? []), row]);

const mayBeSent = { ...masterMessages, ...optInMessages, ...slaveMessages };
// One row for each of these names.
const sendable = Object.fromEntries(
  known.filter(({ name }) => name in mayBeSent).map((row) => [row.name, row]),
) as Readonly<Record<keyof typeof mayBeSent, Known>>;

function read({ name, fields }: Known, frame: Uint8Array): Message | undefined {
  const message: Record<string, unknown> = { name };
  let at = 2;
  for (const [field, { size, read }] of fields) {
    const value = read(frame, at);
    if (value === undefined) return undefined;
    message[field] = value;
    at += size;
  }
  // The row that gave the name gave the fields too, so this is that row's message.
  return message as Message;
}

function refused(reason: string): Decoded {
  return { valid: false, reason };
}

function hex(byte = 0): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
