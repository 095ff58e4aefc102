// The link to simulated chargers: gives them the time and carries their bytes.

import { deferred } from './deferred.ts';
import { type Link, type LinkSettings, SIMULATOR } from './link.ts';

/** What a simulated bus looks like from here. Times in milliseconds since it was opened. */
interface Bus {
  write(bytes: Uint8Array, now: number): void;
  read(now: number): Uint8Array;
  readonly wakeAt: number;
}

export function openSimulated(bus: Bus, { mayWrite, received }: LinkSettings): Link {
  const openedAt = performance.now();
  const closed = deferred<string>();
  const now = () => performance.now() - openedAt;
  let timer: NodeJS.Timeout | undefined;

  function wake(): void {
    const bytes = bus.read(now());
    if (bytes.length > 0) received(bytes);
    rest();
  }

  function rest(): void {
    clearTimeout(timer);
    timer = setTimeout(wake, Math.max(1, Math.ceil(bus.wakeAt - now())));
  }

  rest();
  return {
    port: SIMULATOR.name,
    write: mayWrite
      ? (bytes) => {
          bus.write(bytes, now());
          rest();
        }
      : undefined,
    closed: closed.promise,
    async close() {
      clearTimeout(timer);
      closed.resolve('closed');
    },
  };
}
