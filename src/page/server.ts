// The page's HTTP server: checks each visitor, answers from the table of routes, and opens streams.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { PageAddress } from '../config/setup.ts';
import { refused } from './access.ts';
import { boundConnections } from './connections.ts';
import { fieldsIn, findRoute, notFound, plain, type Reply, type Routes } from './routes.ts';
import { BusyError } from './session-history.ts';
import { createStreams, type Streams } from './streams.ts';
import type { Events } from './wire.ts';

export interface PageServerSettings {
  readonly address: PageAddress;
  readonly routes: Routes;
  /** The events with which a stream begins. */
  readonly snapshot: () => Partial<Events>;
}

export interface PageServer {
  readonly port: number;
  readonly streams: Streams;
  close(): Promise<void>;
}

const MOST_BODY = 1_024;
/** A request whose head or body is not complete by then is given up (ms). */
const HEAD_WITHIN = 5_000;
const REQUEST_WITHIN = 10_000;
const CHECKED_EVERY = 1_000;

const security = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    // Home Assistant shows the page in a frame of its own.
    "frame-ancestors 'self'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Resolves when it listens; rejects when it cannot. */
export async function servePage({ address, routes, snapshot }: PageServerSettings): Promise<PageServer> {
  const streams = createStreams();
  const server = createServer(
    { headersTimeout: HEAD_WITHIN, requestTimeout: REQUEST_WITHIN, connectionsCheckingInterval: CHECKED_EVERY },
    (request, response) => {
      for (const [name, value] of Object.entries(security)) response.setHeader(name, value);
      answer(request, response).catch((error: unknown) => fail(response, error));
    },
  );
  boundConnections(server);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers, socket } = request;
    const [path = '', query = ''] = url.split('?');
    const refusal = refused({ method, path, address: socket.remoteAddress, headers }, address);
    if (refusal) return send(response, plain(refusal.status, refusal.reason));
    const search = new URLSearchParams(query);
    if (path === '/api/events' && method === 'GET') return stream(response, search.has('bus'));
    const found = findRoute(routes, method, path);
    if (!found) return send(response, notFound);
    const text = method === 'POST' ? await body(request) : '';
    if (text === undefined) return send(response.setHeader('connection', 'close'), plain(413, 'too much'));
    return send(response, await found.route({ query: search, json: fieldsIn(text), rest: found.rest }));
  }

  async function stream(response: ServerResponse, bus: boolean): Promise<void> {
    if (!streams.open(response, { bus }, snapshot())) {
      await send(response, plain(503, 'too many browsers show this page already'));
    }
  }

  await listening(server, address);
  return {
    // A server that listens on TCP has such an address.
    port: (server.address() as AddressInfo).port,
    streams,
    async close() {
      streams.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listening(server: Server, { host, port }: PageAddress): Promise<void> {
  server.listen(port, host === '' ? undefined : host);
  await once(server, 'listening');
  server.on('error', () => {});
}

async function send(response: ServerResponse, { status = 200, type, body, downloadName }: Reply): Promise<void> {
  if (downloadName !== undefined) response.setHeader('content-disposition', `attachment; filename="${downloadName}"`);
  response.writeHead(status, { 'content-type': type });
  if (typeof body === 'string' || body instanceof Uint8Array) response.end(body);
  else await pipeline(body, response);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else void send(response, error instanceof BusyError ? plain(503, error.message) : plain(500, String(error)));
}

/** Undefined when it is longer than any command. */
async function body(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
