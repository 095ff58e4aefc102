// The link to simulated chargers: gives them the time and carries their bytes.

import { deferred } from './deferred.ts';
import { type Link, type LinkSettings, SIMULATOR } from './link.ts';
import { createLoop } from './loop.ts';

/** What a simulated bus looks like from here. Times in milliseconds since it was opened. */
interface Bus {
  write(bytes: Uint8Array, now: number): void;
  read(now: number): Uint8Array;
  readonly wakeAt: number;
}

export function openSimulated(bus: Bus, { mayWrite, received }: LinkSettings): Link {
  const openedAt = performance.now();
  const closed = deferred<string>();
  const loop = createLoop<Uint8Array, Uint8Array>({
    stepped: {
      /** What is heard comes with time only, never while something is said. */
      step(said, now) {
        if (said.length > 0) {
          bus.write(said, now - openedAt);
          return [];
        }
        const heard = bus.read(now - openedAt);
        return heard.length > 0 ? [heard] : [];
      },
      wakeAt: () => bus.wakeAt + openedAt,
    },
    time: new Uint8Array(),
    perform: received,
  });
  return {
    port: SIMULATOR.name,
    write: mayWrite ? (bytes) => void loop.step(bytes) : undefined,
    closed: closed.promise,
    async close() {
      loop.stop();
      closed.resolve('closed');
    },
  };
}
