// Moments to the minute: written out once a minute, although they are asked for with every frame.

import { isoTime } from '../session/session.ts';

const MINUTE = 60_000;

/** `wallClock`: epoch milliseconds of a monotonic moment. `zone`: IANA, or `system`. */
export function minutesIn(zone: string, wallClock: (at: number) => number): (at: number) => string {
  let minute = Number.NaN;
  let text = '';
  return (at) => {
    const now = Math.floor(wallClock(at) / MINUTE);
    if (now !== minute) {
      minute = now;
      text = isoTime(now * MINUTE, zone);
    }
    return text;
  };
}
