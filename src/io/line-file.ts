// A file with a line of JSON for each thing that happened. Only its end is written, so a crash costs at most the line that
// was just being written; a torn line is left out, and the next one begins behind it.

import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { describeWriteError } from './file-errors.ts';
import { createQueue } from './queue.ts';
import { replace } from './state-file.ts';

/** The JSON of all whole lines, oldest first; empty when there is no file. Throws when it is there and cannot be read. */
export async function readLines(path: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const slice of lineSlices(path)) all.push(...slice);
  return all;
}

/** The same, some lines at a time: other work goes on between two slices. */
export async function* lineSlices(path: string): AsyncGenerator<readonly unknown[]> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: SLICE_BYTES })) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      yield lines.flatMap((line) => parsed(line));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  yield parsed(rest);
}

const SLICE_BYTES = 32_768;

export interface LineWriter {
  append(content: unknown): void;
  /** Resolves when everything was tried. What did not work is tried again with the next line. */
  settled(): Promise<void>;
}

/**
 * A file that grows beyond `mostBytes` loses its older half. `failed` is called with the reason when writing does not work,
 * once per kind of reason.
 */
export function createLineWriter(path: string, mostBytes: number, failed: (reason: string) => void): LineWriter {
  let waiting: readonly string[] = [];
  const queue = createQueue();
  let told = '';

  async function save(): Promise<void> {
    const lines = waiting;
    if (lines.length === 0) return;
    try {
      await append(path, lines);
      waiting = waiting.slice(lines.length);
      await trim(path, mostBytes);
      told = '';
    } catch (error) {
      const reason = describeWriteError(error);
      if (reason !== told) failed(reason);
      told = reason;
    }
  }

  return {
    append(content) {
      waiting = [...waiting, `${JSON.stringify(content)}\n`];
      void queue.add(save);
    },
    settled: queue.settled,
  };
}

async function append(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    await file.writeFile(`${(await isTorn(file)) ? '\n' : ''}${lines.join('')}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether the last line has no end. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read({ buffer: new Uint8Array(1), position: size - 1 });
  return buffer[0] !== 0x0a;
}

async function trim(path: string, mostBytes: number): Promise<void> {
  if ((await stat(path)).size <= mostBytes) return;
  const content = await readFile(path);
  const half = content.subarray(-Math.floor(mostBytes / 2));
  await replace(path, half.subarray(half.indexOf(0x0a) + 1));
}

function parsed(line: string): unknown[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
