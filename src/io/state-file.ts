// A small file that survives restarts, written so that a crash at any moment leaves the old or the new content whole.

import { open, readFile, rename } from 'node:fs/promises';

/** The file's JSON, or undefined when there is none. Throws when it is there and can not be read as JSON. */
export async function readState(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export interface StateWriter {
  /** Takes the newest content; what is still waiting is replaced. */
  write(content: unknown): void;
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>;
}

/** `failed` is called with the reason when writing does not work, once per kind of reason. */
export function createStateWriter(path: string, failed: (reason: string) => void): StateWriter {
  let waiting: string | undefined;
  let working: Promise<void> = Promise.resolve();
  let told = '';

  async function save(): Promise<void> {
    const content = waiting;
    if (content === undefined) return;
    waiting = undefined;
    try {
      await replace(path, content);
      told = '';
    } catch (error) {
      const reason = String(error);
      if (reason !== told) failed(reason);
      told = reason;
    }
  }

  return {
    write(content) {
      waiting = `${JSON.stringify(content, undefined, 2)}\n`;
      working = working.then(save);
    },
    settled: () => working,
  };
}

/** Gives the file this content: a crash at any moment leaves the old one or the new one. */
export async function replace(path: string, content: string | Uint8Array): Promise<void> {
  const next = `${path}.new`;
  const file = await open(next, 'w', 0o600);
  try {
    // One that was left behind may have other rights.
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}
