// The files that settings name.

import { readFile } from 'node:fs/promises';
import type { Config } from './options.ts';

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ENAMETOOLONG: 'its name is too long',
};

export function describeFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return words[code] ?? `it can not be read (${code})`;
}

/** What is wrong with the files of an encrypted connection; without them there would be none, and nobody would know why. */
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

async function problemOf(file: string): Promise<string | undefined> {
  if (file === '') return undefined;
  try {
    return (await readFile(file, 'latin1')).includes('-----BEGIN ') ? undefined : 'it begins with no "-----BEGIN"';
  } catch (error) {
    return describeFileError(error);
  }
}
