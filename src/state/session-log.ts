// Where the charging sessions of the past are, beside the state, and how they are read.

import type { Config } from '../config/options.ts';
import { lineSlices } from '../io/line-file.ts';
import { type SessionRecord, sessionRecord } from '../session/record.ts';

/** Some 20 000 sessions. */
export const MOST_SESSION_LOG_BYTES = 4_000_000;

/** The file of the sessions that goes with a state file. Sessions of simulated cars are kept apart. */
export function sessionLogPath(statePath: string, config: Config): string {
  const kind = config['interface.port'].type === 'simulator' ? 'simulated-sessions' : 'sessions';
  return `${statePath.replace(/(\.state)?\.json$/, '')}.${kind}.jsonl`;
}

/**
 * The sessions in a file, in the order in which they ended; none when there is no file. A session that was written twice,
 * as may happen when the process is killed just then, counts once. Throws when the file is there and cannot be read.
 */
export async function readSessions(path: string): Promise<readonly SessionRecord[]> {
  const all: SessionRecord[] = [];
  for await (const slice of sessionSlices(path)) all.push(...slice);
  return all;
}

/** The same, some sessions at a time: other work goes on between two slices. */
export async function* sessionSlices(path: string): AsyncGenerator<readonly SessionRecord[]> {
  const known = new Set<string>();
  for await (const slice of lineSlices(path)) {
    const records = slice.flatMap((line) => sessionRecord.read(line).value ?? []);
    yield records.filter(({ charger, start }) => {
      const key = `${charger} ${start}`;
      return known.size < known.add(key).size;
    });
  }
}
