// A wall clock that a test can turn, for one process (libfaketime). What counts time stays as it is.

import { existsSync } from 'node:fs';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { createFolder } from './folder.ts';

export interface Clock extends AsyncDisposable {
  /** For the process that is to have this clock. */
  readonly environment: Readonly<Record<string, string>>;
  /** How far it is off from now on: `+365d`. */
  shift(by: string): Promise<void>;
}

export async function createClock(): Promise<Clock> {
  const folder = await createFolder();
  const file = folder.file('clock');
  async function shift(by: string): Promise<void> {
    await writeFile(`${file}.new`, `${by}\n`);
    await rename(`${file}.new`, file);
  }
  await shift('+0');
  return {
    environment: {
      LD_PRELOAD: await library(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    shift,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Debian keeps it in a folder of the machine's kind. */
async function library(): Promise<string> {
  const places = (await readdir('/usr/lib')).map((kind) => `/usr/lib/${kind}/faketime/libfaketimeMT.so.1`);
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error('libfaketime is missing: run test/system/setup');
  return found;
}
