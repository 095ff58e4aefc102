// The message table: one row a message, its code and its fields in wire order. Types, encode and decode follow from it.
// What has no row in `spoken`, `optional` or `answered` cannot be sent; the frames that destroy chargers (protocol 3.8)
// have none at all. Rows that share a code are told apart by their lengths and by what their fields accept, first match
// wins. Chapters named here and elsewhere are those of docs/protocol.md.

import {
  after,
  amps,
  dotted,
  type Field,
  flag,
  hexByte,
  oneOf,
  orderedAmps,
  phaseAmps,
  phaseVolts,
  text,
  twcId,
  u8,
  u32,
  vinPart,
} from './field.ts';

/** Frame lengths with the checksum: as sent in protocol version 1 and 2, and those accepted when heard (protocol 2.2). */
interface Lengths {
  readonly 1: number;
  readonly 2: number;
  readonly heard: readonly number[];
}

export interface Row {
  readonly code: number;
  readonly lengths: Lengths;
  readonly fields: Readonly<Record<string, AnyField>>;
}

/** A field of whatever value: only good for walking over the table. */
interface AnyField extends Omit<Field<unknown>, 'write'> {
  readonly write: (value: never, bytes: Uint8Array, at: number) => void;
}

const short = { 1: 14, 2: 16, heard: [14, 16] };
const request = { 1: 14, 2: 16, heard: [13, 14, 15, 16] };
const long = { 1: 20, 2: 20, heard: [16, 20] };

const addressed = { sender: twcId, receiver: twcId };

/** What our master says. Nothing else may ever be transmitted (protocol 3.9). */
export const masterMessages = {
  masterLinkready1: { code: 0xfce1, lengths: short, fields: { sender: twcId, sign: hexByte } },
  masterLinkready2: { code: 0xfbe2, lengths: short, fields: { sender: twcId, sign: hexByte } },
  masterHeartbeat: {
    code: 0xfbe0,
    lengths: short,
    fields: { ...addressed, command: oneOf(0x00), masterPluggedIn: after(2, flag) },
  },
  masterHeartbeatLimit: {
    code: 0xfbe0,
    lengths: short,
    fields: { ...addressed, command: oneOf(0x05, 0x08, 0x09), limitAmps: orderedAmps, masterPluggedIn: flag },
  },
  meterRequest: { code: 0xfbeb, lengths: request, fields: addressed },
  versionRequest: { code: 0xfbec, lengths: request, fields: addressed },
  serialRequest: { code: 0xfbed, lengths: request, fields: addressed },
  vinRequest1: { code: 0xfbee, lengths: request, fields: addressed },
  vinRequest2: { code: 0xfbef, lengths: request, fields: addressed },
  vinRequest3: { code: 0xfbf1, lengths: request, fields: addressed },
} satisfies Record<string, Row>;

/** What slaves say, and a genuine master about itself (protocol 5). Simulated slaves send these. */
export const slaveMessages = {
  slaveLinkready: { code: 0xfde2, lengths: short, fields: { sender: twcId, sign: hexByte, maxAmps: amps } },
  slaveHeartbeat: {
    code: 0xfde0,
    lengths: short,
    fields: { ...addressed, state: u8, limitAmps: amps, actualAmps: amps },
  },
  meterResponse: {
    code: 0xfdeb,
    lengths: { 1: 20, 2: 20, heard: [20] },
    fields: { sender: twcId, energyCounter: u32, volts: phaseVolts, phaseAmps },
  },
  /** The meter reply of older firmware: no currents. */
  meterResponseShort: {
    code: 0xfdeb,
    lengths: { 1: 16, 2: 16, heard: [16] },
    fields: { sender: twcId, energyCounter: u32, volts: phaseVolts },
  },
  versionResponse: { code: 0xfdec, lengths: short, fields: { sender: twcId, version: dotted(4) } },
  serialResponse: { code: 0xfded, lengths: long, fields: { sender: twcId, serial: text(11) } },
  vinResponse1: { code: 0xfdee, lengths: long, fields: { sender: twcId, vin: vinPart(7) } },
  vinResponse2: { code: 0xfdef, lengths: long, fields: { sender: twcId, vin: vinPart(7) } },
  vinResponse3: { code: 0xfdf1, lengths: long, fields: { sender: twcId, vin: vinPart(3) } },
  startAck: { code: 0xfdb1, lengths: short, fields: { sender: twcId } },
  stopAck: { code: 0xfdb2, lengths: short, fields: { sender: twcId } },
  plugStateResponse: { code: 0xfdb4, lengths: short, fields: { sender: twcId, plugState: u8 } },
} satisfies Record<string, Row>;

/** What our master says only where the owner has asked for it: to work the relay directly, or to ask for the plug (protocol 3.7, 4.9). */
export const optInMessages = {
  startRequest: { code: 0xfcb1, lengths: request, fields: addressed },
  stopRequest: { code: 0xfcb2, lengths: request, fields: addressed },
  plugStateRequest: { code: 0xfbb4, lengths: request, fields: addressed },
} satisfies Record<string, Row>;

/** What may be on the bus and is understood, but never sent by us. */
const receiveOnlyMessages = {
  masterHeartbeatError: {
    code: 0xfbe0,
    lengths: short,
    fields: { ...addressed, command: oneOf(0x02), errorBitmap: hexByte, masterPluggedIn: after(1, flag) },
  },
  masterHeartbeatStep: {
    code: 0xfbe0,
    lengths: short,
    fields: { ...addressed, command: oneOf(0x06, 0x07), masterPluggedIn: after(2, flag) },
  },
  idle: { code: 0xfc1d, lengths: short, fields: {} },
  serialLegacyRequest: { code: 0xfb19, lengths: request, fields: {} },
  serialLegacyResponse: { code: 0xfd19, lengths: short, fields: { serial: text(11) } },
  modelRequest: { code: 0xfb1a, lengths: request, fields: {} },
  modelResponse: { code: 0xfd1a, lengths: short, fields: { model: text(11) } },
  firmwareRequest: { code: 0xfb1b, lengths: request, fields: {} },
  firmwareResponse: { code: 0xfd1b, lengths: short, fields: { version: dotted(3) } },
} satisfies Record<string, Row>;

export const messages = { ...masterMessages, ...optInMessages, ...slaveMessages, ...receiveOnlyMessages };

type Table = typeof messages;
type Value<F> = F extends { readonly read: (bytes: Uint8Array, at: number) => infer T } ? Exclude<T, undefined> : never;
type MessageOf<Name extends keyof Table> = Name extends keyof Table
  ? { readonly name: Name } & { readonly [F in keyof Table[Name]['fields']]: Value<Table[Name]['fields'][F]> }
  : never;

export type Message = MessageOf<keyof Table>;
export type MasterMessage = MessageOf<keyof typeof masterMessages | keyof typeof optInMessages>;
export type SlaveMessage = MessageOf<keyof typeof slaveMessages>;
export type MessageNamed<Name extends keyof Table> = MessageOf<Name>;

/** Whether a message is one that a master of ours may say, with or without the owner's leave. */
export function isMasterMessage(message: Message): message is MasterMessage {
  return Object.hasOwn(masterMessages, message.name) || Object.hasOwn(optInMessages, message.name);
}
