// What the page's server makes when it is asked for: the charging sessions of the past.

import { csv, type SessionRecord, selected } from '../charger/session-record.ts';
import type { PageFile } from './files.ts';
import type { Sessions } from './wire.ts';

/** Gives all sessions that are over. */
export type ReadSessions = () => Promise<readonly SessionRecord[]>;

const MOST_SHOWN = 50;

/** By the path under which it is asked for. */
export function made(read: ReadSessions): Readonly<Record<string, () => Promise<PageFile>>> {
  return {
    '/api/sessions': async () => {
      const all = selected(await read(), {});
      const sessions: Sessions = { newest: all.slice(-MOST_SHOWN).reverse(), count: all.length };
      return { type: 'application/json', body: JSON.stringify(sessions) };
    },
    '/api/sessions.csv': async () => {
      const body = csv(selected(await read(), {}));
      return { type: 'text/csv; charset=utf-8', body, keepAs: 'charging-sessions.csv' };
    },
  };
}
