// The stream of events. It comes back by itself, notices its own loss, and is closed while the page is hidden, since
// browsers allow only a few streams to one server.

import type { Events } from '../wire.ts';

export type Listeners = { readonly [Name in keyof Events]: (content: Events[Name]) => void };

export interface Stream {
  /** Whether the lines of the bus are wanted. */
  wantBus(wanted: boolean): void;
}

/** The server sends something at least every 10 s. */
const LOST_AFTER = 25_000;
const RETRY_AFTER = 2_000;
const PAUSED_AFTER = 5_000;

export function openStream(listeners: Listeners, changed: (up: boolean) => void): Stream {
  let source: EventSource | undefined;
  let bus = false;
  let timer = 0;
  let pausing = 0;

  function connect(): void {
    source?.close();
    const opened = new EventSource(`api/events${bus ? '?bus' : ''}`);
    source = opened;
    for (const name of Object.keys(listeners) as (keyof Events)[]) {
      opened.addEventListener(name, ({ data }) => {
        reconnectIn(LOST_AFTER);
        changed(true);
        // The server of this page sends what is declared for the event.
        (listeners[name] as (content: unknown) => void)(JSON.parse(String(data)));
      });
    }
    opened.onerror = () => {
      changed(false);
      // The browser tries again by itself, except when it was refused.
      if (opened.readyState === EventSource.CLOSED && source === opened) reconnectIn(RETRY_AFTER);
    };
    reconnectIn(LOST_AFTER);
  }

  /** Without an event within this time the stream is opened again. */
  function reconnectIn(within: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed(false);
      connect();
    }, within);
  }

  function pause(): void {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }

  function follow(): void {
    clearTimeout(pausing);
    if (document.hidden) pausing = setTimeout(pause, PAUSED_AFTER);
    else if (!source) connect();
  }

  document.addEventListener('visibilitychange', follow);
  connect();
  follow();
  return {
    wantBus(wanted) {
      bus = wanted;
      connect();
    },
  };
}
