// What the page's server answers: one row for each method and path.

import { Readable } from 'node:stream';
import type { Captures } from '../capture/library.ts';
import type { PageFile } from './files.ts';
import type { SessionHistory } from './session-history.ts';
import type { CapturesKept } from './wire.ts';

interface RouteRequest {
  readonly query: URLSearchParams;
  /** The fields of the JSON that was posted. */
  readonly json: Fields;
  /** What stands in the place of the `*`. */
  readonly rest: string;
}

export type Reply = PageFile & { readonly status?: number };
type Route = (request: RouteRequest) => Reply | Promise<Reply>;
type Fields = Readonly<Record<string, unknown>>;

/** By method and path; a path may end with `*`. */
export type Routes = Readonly<Record<string, Route>>;

export interface RouteSettings {
  readonly files: Readonly<Record<string, PageFile>>;
  /** Carries out a command; gives why it was refused, undefined if it was not. The topic is below the prefix. */
  readonly command: (topic: string, payload: string) => string | undefined;
  readonly sessions: Pick<SessionHistory, 'select' | 'csv'>;
  readonly captures: Pick<Captures, 'ask' | 'list' | 'read'>;
}

const MOST_CAPTURES = 5;

export function pageRoutes({ files, command, sessions, captures }: RouteSettings): Routes {
  return {
    ...Object.fromEntries(Object.entries(files).map(([path, file]) => [`GET ${path}`, () => file])),
    'GET /api/sessions': async ({ query }) =>
      json(await sessions.select({ month: query.get('month'), charger: query.get('charger'), vin: query.get('vin') })),
    'GET /api/sessions.csv': async () => ({
      type: 'text/csv; charset=utf-8',
      body: Readable.from(await sessions.csv()),
      downloadName: 'charging-sessions.csv',
    }),
    'GET /api/captures': async () =>
      json({ newest: (await captures.list()).slice(0, MOST_CAPTURES) } satisfies CapturesKept),
    'GET /captures/*': async ({ rest }) => {
      const body = await captures.read(rest);
      return body ? { type: 'application/jsonl', body, downloadName: rest } : notFound;
    },
    'POST /api/command': ({ json: { topic, payload } }) => {
      if (typeof topic !== 'string' || typeof payload !== 'string') {
        return plain(400, 'expected a topic and a payload as JSON');
      }
      const refusal = command(topic, payload);
      return refusal === undefined ? plain(204, '') : plain(422, refusal);
    },
    'POST /api/capture': async ({ json: { on } }) => {
      if (typeof on !== 'boolean') return plain(400, 'expected on, true or false, as JSON');
      const { done, words } = await captures.ask(on);
      return plain(done ? 200 : 422, words);
    },
  };
}

/** The route of a request and what stands in the place of its `*`. */
export function findRoute(routes: Routes, method: string, path: string): { route: Route; rest: string } | undefined {
  const name = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  const parent = name.slice(0, name.lastIndexOf('/') + 1);
  for (const [key, rest] of [
    [name, ''],
    [`${parent}*`, name.slice(parent.length)],
  ] as const) {
    const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
    if (route) return { route, rest };
  }
  return undefined;
}

/** The fields of a JSON object; none when it is something else. */
export function fieldsIn(text: string): Fields {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null ? (content as Fields) : {};
  } catch {
    return {};
  }
}

/** A text of one line; none without words. */
export function plain(status: number, words: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: words === '' ? '' : `${words}\n` };
}

export const notFound = plain(404, 'nothing here');

function json(content: unknown): Reply {
  return { type: 'application/json', body: JSON.stringify(content) };
}
