// The replayer: it receives as a master does, and sends only what the master of a capture has sent.

import type { Fleet } from '../charger/fleet.ts';
import type { Targets } from '../control/targets.ts';
import { decode } from '../protocol/codec.ts';
import { isMasterMessage, type Message } from '../protocol/messages.ts';
import { firstFrame } from '../protocol/slip.ts';
import { Reception, type ReceptionSettings } from './reception.ts';
import type { BusRole, Observations, Outgoing } from './role.ts';

export class Replayer implements BusRole {
  readonly #reception: Reception;
  readonly #replayedFrame: () => Uint8Array | undefined;

  /** `replayedFrame` gives the bytes of the wire that were said at this moment, once. */
  constructor(settings: ReceptionSettings, replayedFrame: () => Uint8Array | undefined) {
    this.#reception = new Reception(settings);
    this.#replayedFrame = replayedFrame;
  }

  activity(): void {}

  received(frame: Uint8Array, message: Message, fleet: Fleet, now: number): Message | undefined {
    return this.#reception.received(frame, message, fleet, now);
  }

  advance(now: number): boolean {
    return this.#reception.advance(now);
  }

  nextFrame(_fleet: Fleet, _targets: Targets, now: number): Outgoing | undefined {
    const bytes = this.#replayedFrame();
    const frame = bytes && firstFrame(bytes);
    const decoded = frame && decode(frame);
    if (!frame || !decoded?.valid || !isMasterMessage(decoded.message)) return undefined;
    this.#reception.sent(frame, now);
    return { message: decoded.message, frame };
  }

  wakeAt(): number {
    return Number.POSITIVE_INFINITY;
  }

  shutdown(): boolean {
    return true;
  }

  observations(_fleet: Fleet, now: number): Observations {
    return { ...this.#reception.observations(now), relaysLeftOpen: [], relaysIgnored: [] };
  }

  otherMaster(now: number): Observations['master'] {
    return this.#reception.otherMaster(now);
  }
}
