// Why a file cannot be read or written, in an owner's words.

import { stat } from 'node:fs/promises';

/** Not of the operating system: there is a device or a pipe instead of a file. */
const DEVICE = 'DEVICE';

const notRead: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'there is no such file',
  [DEVICE]: 'it is no file but a device',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ENAMETOOLONG: 'its name is too long',
};

const notWritten: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is a file where its folder should be',
  EISDIR: 'it is a folder',
  [DEVICE]: 'it is no file but a device',
  EEXIST: 'it is there already, and nothing is overwritten',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the disk is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'this user may store no more on this disk',
  EFBIG: 'the file would be larger than is allowed here',
  EBUSY: 'it is a mount of its own, which cannot be replaced; mount its folder instead',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk reports an error (EIO)',
};

export function describeReadError(error: unknown): string {
  const code = codeOf(error);
  return notRead[code] ?? `it cannot be read (${code})`;
}

export function describeWriteError(error: unknown): string {
  const code = codeOf(error);
  return notWritten[code] ?? `the operating system says ${code}`;
}

/** Throws if there is a device or a pipe: reading it may never end, and a file that replaces it would destroy it. */
export async function refuseDevice(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile() && !found.isDirectory()) throw Object.assign(new Error(path), { code: DEVICE });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
