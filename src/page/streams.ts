// Server-Sent Events: every open browser is told what changes. One that does not read is dropped before it costs memory;
// it comes back by itself when it reads again.

import type { ServerResponse } from 'node:http';
import { type Events, KEEPALIVE_EVERY } from './wire.ts';

export interface Streams {
  /** Begins a stream with these events; false when there are too many already. */
  open(response: ServerResponse, wanted: { readonly bus: boolean }, first: Partial<Events>): boolean;
  send<Name extends keyof Events>(name: Name, content: Events[Name]): void;
  /** A browser shows the bus log. */
  readonly busIsWatched: boolean;
  close(): void;
}

const MOST_STREAMS = 40;
/** A browser that lost the stream tries again after so long, ms. */
const RETRY = 1_000;
const MOST_UNREAD = 256 * 1_024;

export function createStreams(): Streams {
  const open = new Map<ServerResponse, { readonly bus: boolean }>();
  let keepalive: NodeJS.Timeout | undefined;

  function write(response: ServerResponse, text: string): void {
    response.write(text);
    if (response.writableLength > MOST_UNREAD) drop(response);
  }

  function drop(response: ServerResponse): void {
    open.delete(response);
    response.destroy();
    if (open.size === 0) clearInterval(keepalive);
  }

  function send<Name extends keyof Events>(name: Name, content: Events[Name]): void {
    if (open.size === 0) return;
    const text = event(name, content);
    for (const [response, { bus }] of [...open]) if (bus || name !== 'bus') write(response, text);
  }

  return {
    open(response, wanted, first) {
      if (open.size >= MOST_STREAMS) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
      response.on('close', () => drop(response));
      if (open.size === 0) keepalive = setInterval(() => send('keepalive', null), KEEPALIVE_EVERY);
      open.set(response, wanted);
      write(
        response,
        `retry: ${RETRY}\n${Object.entries(first)
          .map(([name, content]) => event(name, content))
          .join('')}`,
      );
      return true;
    },
    send,
    get busIsWatched() {
      for (const { bus } of open.values()) if (bus) return true;
      return false;
    },
    close() {
      for (const response of [...open.keys()]) drop(response);
    },
  };
}

function event(name: string, content: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(content)}\n\n`;
}
