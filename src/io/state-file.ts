// A small file that survives restarts, written so that a crash at any moment leaves the old or the new content whole.

import { open, readFile, rename } from 'node:fs/promises';
import { describeWriteError, refuseDevice } from './file-errors.ts';
import { createQueue } from './queue.ts';

/** The file's JSON, or undefined when there is none. Throws when it is there and cannot be read as JSON. */
export async function readState(path: string): Promise<unknown> {
  try {
    await refuseDevice(path);
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export interface StateWriter {
  /** Takes the newest content; what is still waiting is replaced. */
  write(content: unknown): void;
  /** Resolves when what was given so far has been tried. */
  tried(): Promise<void>;
  /** Tries once more what could not be written; resolves when nothing can be done any more. */
  settled(): Promise<void>;
}

/** A full disk has room again, a folder its rights: what could not be written is tried again this often. */
const AGAIN_AFTER = 1_000;

/** `told` is called with the reason when writing does not work, once per reason, and with undefined when it works again. */
export function createStateWriter(path: string, told: (problem: string | undefined) => void): StateWriter {
  let waiting: string | undefined;
  const queue = createQueue();
  let again: NodeJS.Timeout | undefined;
  let problem: string | undefined;

  async function save(): Promise<void> {
    const content = waiting;
    if (content === undefined) return;
    waiting = undefined;
    clearTimeout(again);
    const outcome = await replace(path, content).then(() => undefined, describeWriteError);
    if (outcome !== undefined) {
      waiting ??= content;
      again = setTimeout(start, AGAIN_AFTER).unref();
    }
    if (outcome !== problem) told(outcome);
    problem = outcome;
  }

  function start(): void {
    void queue.add(save);
  }

  return {
    write(content) {
      waiting = `${JSON.stringify(content, undefined, 2)}\n`;
      start();
    },
    tried: queue.settled,
    async settled() {
      if (waiting !== undefined) start();
      await queue.settled();
      clearTimeout(again);
    },
  };
}

/** Gives the file this content: a crash at any moment leaves the old one or the new one. A device is not replaced. */
export async function replace(path: string, content: string | Uint8Array): Promise<void> {
  await refuseDevice(path);
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
