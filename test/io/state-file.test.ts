// The state file: whole at every moment, for its owner only.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deferred } from '../../src/io/deferred.ts';
import { createStateWriter, readState } from '../../src/io/state-file.ts';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
  path = join(folder, 'state.json');
});

afterEach(() => rm(folder, { recursive: true }));

test('what was written is read, by its owner only', async () => {
  await write({ chargers: ['1A2B'] });
  expect(await readState(path)).toEqual({ chargers: ['1A2B'] });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['state.json']);
});

test('what others could read is for its owner only from the next writing on', async () => {
  for (const name of [path, `${path}.new`]) {
    await writeFile(name, '{}', { mode: 0o644 });
    await chmod(name, 0o644);
  }
  await write({ chargers: [] });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('of many the newest stays', async () => {
  const writer = createStateWriter(path, fail);
  for (let i = 0; i <= 100; i++) writer.write({ i });
  await writer.settled();
  expect(await readState(path)).toEqual({ i: 100 });
});

describe('reading', () => {
  test('no file is no state', async () => {
    expect(await readState(path)).toBeUndefined();
  });

  test.each(['', '{', 'not json'])('a file with %j is an error', async (content) => {
    await writeFile(path, content);
    await expect(readState(path)).rejects.toThrow(SyntaxError);
  });

  test('something that cannot be read is an error', async () => {
    await mkdir(path);
    await expect(readState(path)).rejects.toThrow('EISDIR');
  });
});

describe('writing where it does not work', () => {
  test('is told once for each reason, and works again when it can', async () => {
    const inside = join(folder, 'gone', 'state.json');
    const told: (string | undefined)[] = [];
    const writer = createStateWriter(inside, (problem) => void told.push(problem));
    for (let i = 0; i < 3; i++) {
      writer.write({ i });
      await writer.settled();
    }
    expect(told).toEqual(['there is no such folder']);
    await mkdir(join(folder, 'gone'));
    writer.write({ i: 4 });
    await writer.settled();
    expect(await readState(inside)).toEqual({ i: 4 });
    expect(told).toEqual(['there is no such folder', undefined]);
  });

  test('is tried again by itself until it works', async () => {
    const inside = join(folder, 'gone', 'state.json');
    const [fails, works] = [deferred<void>(), deferred<void>()];
    const writer = createStateWriter(inside, (problem) => (problem === undefined ? works : fails).resolve());
    writer.write({ i: 1 });
    await fails.promise;
    await mkdir(join(folder, 'gone'));
    await works.promise;
    expect(await readState(inside)).toEqual({ i: 1 });
  });

  test('is tried a last time at the end', async () => {
    const inside = join(folder, 'gone', 'state.json');
    const failed = deferred<void>();
    const writer = createStateWriter(inside, () => failed.resolve());
    writer.write({ i: 1 });
    await failed.promise;
    await mkdir(join(folder, 'gone'));
    await writer.settled();
    expect(await readState(inside)).toEqual({ i: 1 });
  });

  test('leaves the old state as it was', async () => {
    await write({ old: true });
    await mkdir(`${path}.new`);
    const told: (string | undefined)[] = [];
    const writer = createStateWriter(path, (problem) => void told.push(problem));
    writer.write({ new: true });
    await writer.settled();
    expect(told).toEqual(['it is a folder']);
    expect(await readState(path)).toEqual({ old: true });
  });
});

test('a pipe is neither waited for nor replaced', async () => {
  await promisify(execFile)('mkfifo', [path]);
  await expect(readState(path)).rejects.toMatchObject({ code: 'DEVICE' });
  const told: (string | undefined)[] = [];
  const writer = createStateWriter(path, (problem) => void told.push(problem));
  writer.write({ new: true });
  await writer.settled();
  expect(told).toEqual(['it is no file but a device']);
  expect((await stat(path)).isFIFO()).toBe(true);
});

describe('a crash', () => {
  test('before the new state is whole leaves the old one, and the next write works', async () => {
    await write({ old: true });
    await writeFile(`${path}.new`, '{"ne');
    expect(await readState(path)).toEqual({ old: true });
    await write({ new: true });
    expect(await readState(path)).toEqual({ new: true });
  });

  test('at any moment leaves the old or the new state whole', { timeout: 30_000 }, async () => {
    const script = join(folder, 'writes.mts');
    const source = new URL('../../src/io/state-file.ts', import.meta.url);
    await writeFile(script, endlessWriting(source.href));
    for (const delay of [0, 3, 11, 17]) {
      const child = spawn(process.execPath, ['--import', 'tsx', script, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await firstWord(child);
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { n, filler } = JSON.parse(await readFile(path, 'utf8'));
      expect(filler).toEqual(Array(5_000).fill(n));
    }
  });
});

async function write(content: unknown): Promise<void> {
  const writer = createStateWriter(path, fail);
  writer.write(content);
  await writer.settled();
}

function fail(problem: string | undefined): void {
  throw new Error(problem);
}

function endlessWriting(module: string): string {
  return `
import { createStateWriter } from '${module}';
const writer = createStateWriter(process.argv[2] ?? '', (reason) => { throw new Error(reason); });
for (let n = 0; ; n++) {
  writer.write({ n, filler: Array(5_000).fill(n) });
  await writer.settled();
  if (n === 1) process.stdout.write('writing');
}
`;
}

async function firstWord(child: ChildProcess): Promise<void> {
  if (child.stdout) await once(child.stdout, 'data');
}
