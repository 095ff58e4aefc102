// The page's server: its files, what is made when it is asked for, a stream of what happens, and what can be asked of it.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { PageAddress } from '../config/setup.ts';
import { refused } from './access.ts';
import { type AskedSettings, fieldsIn, postRoutes } from './asked.ts';
import { files as built, type PageFile } from './files.ts';
import { createStreams, type Streams } from './streams.ts';
import type { Events } from './wire.ts';

export interface PageServerSettings extends AskedSettings {
  readonly address: PageAddress;
  /** What a browser has to know first. */
  readonly snapshot: () => Partial<Events>;
  readonly files?: Readonly<Record<string, PageFile>>;
  /** What is made when it is asked for, by its path. */
  readonly made?: Readonly<Record<string, () => Promise<PageFile>>>;
  /** Gives what has a path in neither, undefined if there is nothing. */
  readonly found?: (path: string) => Promise<PageFile | undefined>;
}

export interface PageServer {
  readonly port: number;
  readonly streams: Streams;
  close(): Promise<void>;
}

const MOST_BODY = 1_024;
const MOST_CONNECTIONS = 100;
/** A request that is not complete by then never will be. */
const REQUEST_WITHIN = 10_000;

const security = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
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

/** Resolves when it listens; rejects when it can not. */
export async function servePage(settings: PageServerSettings): Promise<PageServer> {
  const { address, files = built, made = {}, found } = settings;
  const asks = postRoutes(settings);
  const streams = createStreams();
  const server = createServer(
    { requestTimeout: REQUEST_WITHIN, headersTimeout: REQUEST_WITHIN },
    (request, response) => {
      for (const [name, value] of Object.entries(security)) response.setHeader(name, value);
      answer(request, response).catch((error: unknown) => fail(response, error));
    },
  );
  server.maxConnections = MOST_CONNECTIONS;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers, socket } = request;
    const [path = '', query = ''] = url.split('?');
    const no = refused({ method, path, address: socket.remoteAddress, headers }, address);
    if (no) return say(response, no.status, no.reason);
    if (method === 'POST') return obey(request, response, path);
    if (path === '/api/events' && method === 'GET') return stream(response, query);
    const file = (await of(made, path)?.()) ?? of(files, path) ?? (await found?.(path));
    if (!file) return say(response, 404, 'nothing here');
    if (file.downloadName) response.setHeader('content-disposition', `attachment; filename="${file.downloadName}"`);
    response.writeHead(200, { 'content-type': file.type });
    if (typeof file.body === 'string') response.end(file.body);
    else await pipeline(file.body, response);
  }

  function stream(response: ServerResponse, query: string): void {
    const bus = new URLSearchParams(query).has('bus');
    if (!streams.open(response, { bus }, settings.snapshot())) say(response, 503, 'too many are looking already');
  }

  async function obey(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const act = of(asks, path);
    if (!act) return say(response, 404, 'nothing here');
    const text = await body(request);
    if (text === undefined) return say(response.setHeader('connection', 'close'), 413, 'too much');
    const { status, words } = await act(fieldsIn(text));
    if (words === undefined) response.writeHead(status).end();
    else say(response, status, words);
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

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function of<T>(named: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else say(response, 500, String(error));
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
