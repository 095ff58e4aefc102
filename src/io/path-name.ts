// A path as the name of one file, for what belongs to a file and cannot lie beside it.

import { resolve } from 'node:path';

/** Bytes; file systems take 255 with what stands around it. */
const LONGEST = 200;

/** The whole path as a name that no other path has. */
export async function nameOfPath(path: string): Promise<string> {
  const whole = resolve(path);
  const name = whole.replaceAll('%', '%25').replaceAll('/', '%2F');
  return Buffer.byteLength(name) <= LONGEST ? name : hashOf(whole);
}

/** A short name for a path. */
export async function hashOf(path: string): Promise<string> {
  // It takes 3 MB, and few paths need it.
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16);
}
