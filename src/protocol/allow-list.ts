// The transmit allow-list (protocol 3.9), on the bytes, in front of the write: the last thing that a frame passes.

import { decode, encode, versionOf } from './codec.ts';
import type { TwcId } from './field.ts';
import { type MasterMessage, type Message, masterMessages, optInMessages } from './messages.ts';
import { Cutter, wire } from './slip.ts';

export interface AllowList {
  /** No limit may be higher, A. */
  readonly maxAmps: number;
  /** The same for single units, where their own wiring allows less. */
  readonly maxAmpsOf?: ReadonlyMap<TwcId, number>;
  /** Whether the owner allows to work the relays. */
  readonly relay: boolean;
  /** Whether the owner allows to ask whether a car is plugged in. */
  readonly askPlugState: boolean;
}

const permissions: Readonly<Record<keyof typeof optInMessages, 'relay' | 'askPlugState'>> = {
  startRequest: 'relay',
  stopRequest: 'relay',
  plugStateRequest: 'askPlugState',
};

/**
 * Why these bytes of the wire must not be written, or undefined if they may: they must be exactly one whole frame that a
 * master says, within the permit.
 */
export function forbidden(bytes: Uint8Array, allowList: AllowList): string | undefined {
  const cuts = new Cutter().cut(bytes, 0);
  const frame = cuts[0]?.frame;
  if (cuts.length !== 1 || !frame) return 'expected exactly one frame';
  const decoded = decode(frame);
  if (!decoded.valid) return decoded.reason;
  const { message } = decoded;
  if (!isAllowed(message, allowList)) return `${message.name} is not on the allow-list`;
  if (!isOurWay(message, frame, bytes)) return `${message.name}: expected the bytes that our encoder gives`;
  if (message.name === 'masterHeartbeatLimit') {
    const most = Math.min(allowList.maxAmps, allowList.maxAmpsOf?.get(message.receiver) ?? allowList.maxAmps);
    if (message.limitAmps > most) return `limit: expected at most ${most} A, got ${message.limitAmps} A`;
  }
  return undefined;
}

function isAllowed(message: Message, permit: AllowList): message is MasterMessage {
  return Object.hasOwn(masterMessages, message.name) || (isOptional(message.name) && permit[permissions[message.name]]);
}

function isOptional(name: Message['name']): name is keyof typeof optInMessages {
  return Object.hasOwn(optInMessages, name);
}

/** Nothing before or after the frame, no filler in it, no value outside its field. */
function isOurWay(message: MasterMessage, frame: Uint8Array, bytes: Uint8Array): boolean {
  try {
    const own = wire(encode(message, versionOf(frame)));
    return own.length === bytes.length && own.every((byte, i) => byte === bytes[i]);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
