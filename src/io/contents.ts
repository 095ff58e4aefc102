// A file that the configuration names.

import { readFile } from 'node:fs/promises';
import { describeReadError } from './file-errors.ts';

/** Undefined for no path. Rejects with an error in an owner's words. */
export async function contents(path: string): Promise<Buffer | undefined> {
  if (path === '') return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`${path}: expected a readable file, but ${describeReadError(error)}`);
  }
}
