// What the page's server makes when it is asked for: the charging sessions of the past, and the captures that are kept.

import type { Captures } from '../capture/library.ts';
import { csv, type SessionRecord, selected } from '../session/record.ts';
import type { PageFile } from './files.ts';
import type { CapturesKept, Sessions } from './wire.ts';

/** Gives all sessions that are over. */
export type ReadSessions = () => Promise<readonly SessionRecord[]>;

const MOST_SHOWN = 50;
const MOST_CAPTURES = 5;

/** By the path under which it is asked for. */
export function getRoutes(
  read: ReadSessions,
  captures: Pick<Captures, 'list'>,
): Readonly<Record<string, () => Promise<PageFile>>> {
  return {
    '/api/sessions': async () => {
      const all = selected(await read(), {});
      const sessions: Sessions = { newest: all.slice(-MOST_SHOWN).reverse(), count: all.length };
      return { type: 'application/json', body: JSON.stringify(sessions) };
    },
    '/api/sessions.csv': async () => {
      const body = csv(selected(await read(), {}));
      return { type: 'text/csv; charset=utf-8', body, downloadName: 'charging-sessions.csv' };
    },
    '/api/captures': async () => {
      const kept: CapturesKept = { newest: (await captures.list()).slice(0, MOST_CAPTURES) };
      return { type: 'application/json', body: JSON.stringify(kept) };
    },
  };
}

/** The capture that a path asks for, undefined if it is none. */
export async function captured(path: string, captures: Pick<Captures, 'read'>): Promise<PageFile | undefined> {
  const name = /^\/captures\/(.*)$/.exec(path)?.[1];
  const body = name && (await captures.read(name));
  return body ? { type: 'application/jsonl', body, downloadName: name } : undefined;
}
