// The stream of what happens. It comes back by itself, knows when it is lost even if nobody says so, and rests while
// nobody looks, since browsers allow only a few streams to one server.

import type { Events } from '../wire.ts';

export type Listeners = { readonly [Name in keyof Events]: (content: Events[Name]) => void };

export interface Stream {
  /** Whether the lines of the bus are wanted. */
  wantBus(wanted: boolean): void;
}

/** The server says something at least every 10 s. */
const LOST_AFTER = 25_000;
const AGAIN_AFTER = 2_000;
const REST_AFTER = 5_000;

export function openStream(listeners: Listeners, tell: (up: boolean) => void): Stream {
  let source: EventSource | undefined;
  let bus = false;
  let timer = 0;
  let resting = 0;

  function connect(): void {
    source?.close();
    const opened = new EventSource(`api/events${bus ? '?bus' : ''}`);
    source = opened;
    for (const name of Object.keys(listeners) as (keyof Events)[]) {
      opened.addEventListener(name, ({ data }) => {
        wakeIn(LOST_AFTER);
        tell(true);
        // The server of this page sends what is declared for the event.
        (listeners[name] as (content: unknown) => void)(JSON.parse(String(data)));
      });
    }
    opened.onerror = () => {
      tell(false);
      // The browser tries again by itself, except when it was refused.
      if (opened.readyState === EventSource.CLOSED && source === opened) wakeIn(AGAIN_AFTER);
    };
    wakeIn(LOST_AFTER);
  }

  /** If nothing is heard within this time, begin anew. */
  function wakeIn(within: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      tell(false);
      connect();
    }, within);
  }

  function rest(): void {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }

  function look(): void {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(rest, REST_AFTER);
    else if (!source) connect();
  }

  document.addEventListener('visibilitychange', look);
  connect();
  look();
  return {
    wantBus(wanted) {
      bus = wanted;
      connect();
    },
  };
}
