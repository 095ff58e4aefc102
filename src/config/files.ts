// The files that settings name.

import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeReadError } from '../io/file-errors.ts';
import type { Config } from './options.ts';

/** What is wrong with the files of an encrypted connection. */
export async function certificateProblems(
  config: Config,
): Promise<{ readonly at: string; readonly problem: string }[]> {
  const files = ['status.MQTT.ca', 'status.MQTT.cert', 'status.MQTT.key'] as const;
  const problems = await Promise.all(files.map(async (at) => ({ at, problem: await problemOf(config[at]) })));
  return problems.flatMap(({ at, problem }) => {
    const expected = `expected a file with a ${at.endsWith('key') ? 'key' : 'certificate'} (PEM)`;
    return problem === undefined
      ? []
      : [{ at, problem: `${at}: ${expected}, got ${JSON.stringify(config[at])}, but ${problem}` }];
  });
}

/** Why nothing can be kept in the state file; the bridge runs without it, so this is only asked by `check`. */
export async function statePathProblem(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) {
    const what = found.isDirectory() ? 'a folder' : 'no file but a device';
    return `state.path: expected a file, got "${path}", but it is ${what}`;
  }
  const folder = dirname(path);
  const parent = await stat(folder).catch(() => undefined);
  return parent?.isDirectory()
    ? undefined
    : `state.path: expected a file, got "${path}", but there is no folder ${folder}`;
}

async function problemOf(file: string): Promise<string | undefined> {
  if (file === '') return undefined;
  try {
    return (await readFile(file, 'latin1')).includes('-----BEGIN ') ? undefined : 'it begins with no "-----BEGIN"';
  } catch (error) {
    return describeReadError(error);
  }
}
