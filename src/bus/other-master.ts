// Another master on the bus. There is no arbitration: two masters collide and chargers may take orders from either, so
// at the first frame of another master we fall silent (protocol 5).

import { silence } from '../charger/charger.ts';
import type { Fleet } from '../charger/fleet.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Message } from '../protocol/messages.ts';

/** Our own frames come back from adapters that echo, within this time. */
const ECHO_WITHIN = 2_000;
/**
 * We speak again when no other master was heard for this long. A genuine master answers every slave's linkready, and
 * slaves without a master repeat it every 10 s, so one that is still there is heard well within this time; and chargers
 * that lost their master keep charging for 20 s at least.
 */
export const SILENT_FOR = 15_000;

/** An adapter that gave back a frame this recently gives back all. */
const ECHOES_FOR = 10_000;
/** The echo of a frame comes while it is sent, or soon after. */
const ECHO_SOON = 60;

/** A slave that answers us has been heard within this time. */
const ANSWERS_WITHIN = 5_000;

export interface OtherMasterWatch {
  /** A frame of ours went out. */
  sent(frame: Uint8Array, now: number): void;
  /** Judges a frame with a master's type byte. */
  classify(frame: Uint8Array, message: Message, fleet: Fleet, now: number): 'echo' | 'noise' | 'otherMaster';
  /** Until when we must be silent. */
  readonly silentUntil: number;
  /** The other master, while we are silent because of it. */
  otherMaster(now: number): TwcId | 'unknown' | undefined;
}

export function createOtherMasterWatch(own: TwcId): OtherMasterWatch {
  let sentFrames: { readonly frame: Uint8Array; readonly at: number }[] = [];
  let last: { readonly id: TwcId | 'unknown'; readonly at: number } | undefined;
  let echoAt = Number.NEGATIVE_INFINITY;
  const silentUntil = () => (last ? last.at + SILENT_FOR : Number.NEGATIVE_INFINITY);

  /**
   * The checksum does not cover the type byte, so a slave's answer can turn into what a master would say: to us, or to
   * no unit at all, since its other bytes stand where the receiver would. A real master speaks to slaves.
   */
  function isTurnedAnswer(sender: TwcId, receiver: TwcId, fleet: Fleet, now: number): boolean {
    const slave = fleet.get(sender);
    return slave !== undefined && silence(slave, now) < ANSWERS_WITHIN && (receiver === own || !fleet.has(receiver));
  }

  /** A collision can spoil our echo so that its checksum is right again: it comes when ours does and is as long. */
  function isSpoiltEcho(frame: Uint8Array, now: number): boolean {
    const newest = sentFrames.at(-1);
    const echoes = now - echoAt < ECHOES_FOR;
    return echoes && newest !== undefined && newest.frame.length === frame.length && now - newest.at <= ECHO_SOON;
  }

  return {
    sent(frame, now) {
      sentFrames = [...sentFrames.filter(({ at }) => now - at <= ECHO_WITHIN), { frame, at: now }];
    },
    classify(frame, message, fleet, now) {
      const echoed = sentFrames.findIndex((sent) => now - sent.at <= ECHO_WITHIN && equal(sent.frame, frame));
      if (echoed >= 0) {
        sentFrames = sentFrames.toSpliced(echoed, 1);
        echoAt = now;
        return 'echo';
      }
      if (isSpoiltEcho(frame, now)) return 'noise';
      if ('receiver' in message && isTurnedAnswer(message.sender, message.receiver, fleet, now)) return 'noise';
      last = { id: 'sender' in message ? message.sender : 'unknown', at: now };
      return 'otherMaster';
    },
    get silentUntil() {
      return silentUntil();
    },
    otherMaster: (now) => (now < silentUntil() ? last?.id : undefined),
  };
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
