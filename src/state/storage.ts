// What the bridge keeps on the disk: its state, and the charging sessions that are over.

import type { Config } from '../config/options.ts';
import { createLineWriter } from '../io/line-file.ts';
import type { Log } from '../io/log.ts';
import { createStateWriter } from '../io/state-file.ts';
import type { SessionRecord } from '../session/record.ts';
import { restore } from './restore.ts';
import type { SavedState } from './saved-state.ts';
import { MOST_SESSION_LOG_BYTES, sessionLogPath, sessionSlices } from './session-log.ts';

export interface Storage {
  /** What is known from before a restart. */
  readonly known: SavedState;
  /** Writes what is known now; what is not given stays as it was. */
  save(newest: Partial<SavedState>): void;
  /** Resolves when what was given to be saved so far has been tried. */
  saved(): Promise<void>;
  endSession(session: SessionRecord): void;
  /** All sessions that are over, some at a time. */
  readSessions(): AsyncIterable<readonly SessionRecord[]>;
  /** Resolves when all is written, as far as it can be. */
  close(): Promise<void>;
}

export async function openStorage(statePath: string, config: Config, log: Log): Promise<Storage> {
  const { state: known, path: stateFile } = await restore(statePath, config, log);
  const writer = createStateWriter(stateFile, (problem) =>
    problem === undefined
      ? log('info', `${stateFile}: can be written again`)
      : log('warn', `${stateFile}: cannot be written, ${problem}`),
  );
  const path = sessionLogPath(statePath, config);
  const sessions = createLineWriter(path, MOST_SESSION_LOG_BYTES, (reason) =>
    log('warn', `${path}: the session cannot be written, ${reason} (trying again with the next)`),
  );
  let current = known;
  let saving = Promise.resolve();
  writer.write(known);
  return {
    known,
    // A session that is over is in its file before the state forgets that it went on.
    save(newest) {
      current = { ...current, ...newest };
      saving = sessions.settled().then(() => writer.write(current));
    },
    async saved() {
      await saving;
      await writer.tried();
    },
    endSession: sessions.append,
    async *readSessions() {
      await sessions.settled();
      yield* sessionSlices(path);
    },
    async close() {
      await saving;
      await writer.settled();
    },
  };
}
