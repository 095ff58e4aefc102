// A file of lines: whatever happens while it is written, what was whole stays, and what comes later is whole again.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLineWriter, readLines } from '../../src/io/line-file.ts';

const MOST = 1_000_000;
let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
  path = join(folder, 'lines.jsonl');
});

afterEach(() => rm(folder, { recursive: true }));

test('lines are read in the order in which they were written, by their owner only', async () => {
  await append([{ i: 1 }, { i: 2 }]);
  await append([{ i: 3 }]);
  expect(await readLines(path)).toEqual([{ i: 1 }, { i: 2 }, { i: 3 }]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('no file has no lines', async () => {
  expect(await readLines(path)).toEqual([]);
});

test('something that cannot be read is an error', async () => {
  await mkdir(path);
  await expect(readLines(path)).rejects.toThrow('EISDIR');
});

describe('a torn last line', () => {
  test.each(['{"i":2', '{"i":2,"te', '{', '\u0000\u0000\u0000'])(
    '%j is left out, and the next one is whole',
    async (torn) => {
      await append([{ i: 1 }]);
      await appendFile(path, torn);
      expect(await readLines(path)).toEqual([{ i: 1 }]);
      await append([{ i: 3 }]);
      expect(await readLines(path)).toEqual([{ i: 1 }, { i: 3 }]);
    },
  );
});

test('a line that nobody can read costs no other', async () => {
  await writeFile(path, '{"i":1}\nnonsense\n\n{"i":2}\n');
  expect(await readLines(path)).toEqual([{ i: 1 }, { i: 2 }]);
});

test('a file that is too large keeps the newest lines, whole, and is replaced at once', async () => {
  const lines = Array.from({ length: 100 }, (_, i) => ({ i, text: 'x'.repeat(50) }));
  const writer = createLineWriter(path, 3_000, fail);
  for (const line of lines) writer.append(line);
  await writer.settled();
  const kept = await readLines(path);
  expect((await stat(path)).size).toBeLessThanOrEqual(3_000);
  expect(kept.length).toBeGreaterThan(15);
  expect(kept).toEqual(lines.slice(-kept.length));
  expect(await readdir(folder)).toEqual(['lines.jsonl']);
});

describe('writing where it does not work', () => {
  test('is told once for each reason, and loses nothing: all is written when it works again', async () => {
    const inside = join(folder, 'gone', 'lines.jsonl');
    const told: string[] = [];
    const writer = createLineWriter(inside, MOST, (reason) => void told.push(reason));
    for (let i = 0; i < 3; i++) {
      writer.append({ i });
      await writer.settled();
    }
    expect(told).toEqual(['there is no such folder']);
    await mkdir(join(folder, 'gone'));
    writer.append({ i: 3 });
    await writer.settled();
    expect(await readLines(inside)).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }, { i: 3 }]);
    await rm(join(folder, 'gone'), { recursive: true });
    writer.append({ i: 4 });
    await writer.settled();
    expect(told).toHaveLength(2);
  });
});

test('a process that is killed at any moment leaves whole lines in order', async () => {
  const program = `
    import { createLineWriter } from ${JSON.stringify(new URL('../../src/io/line-file.ts', import.meta.url).href)};
    const writer = createLineWriter(${JSON.stringify(path)}, 20_000, (reason) => { throw new Error(reason); });
    const from = Number(process.argv[1]);
    for (let i = from; ; i++) { writer.append({ i, text: 'x'.repeat(300) }); await writer.settled(); process.stdout.write(i + '\\n'); }
  `;
  let next = 0;
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, String(next)]);
    const said = await linesOf(child, 40 + round * 7);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const numbers = (await readLines(path)).map((line) => (line as { i: number }).i);
    const last = numbers.at(-1) ?? -1;
    expect(last).toBeGreaterThanOrEqual(said);
    expect(numbers).toEqual(numbers.map((_, i) => last - numbers.length + 1 + i));
    next = last + 1;
  }
  expect((await readFile(path, 'utf8')).length).toBeLessThan(21_000);
}, 60_000);

/** The last number that a child has said, after it has said so many. */
async function linesOf(child: ChildProcess, count: number): Promise<number> {
  let text = '';
  for await (const piece of child.stdout ?? []) {
    text += String(piece);
    const whole = text.split('\n').slice(0, -1);
    if (whole.length >= count) return Number(whole.at(-1));
  }
  throw new Error('the child ended by itself');
}

async function append(contents: readonly unknown[]): Promise<void> {
  const writer = createLineWriter(path, MOST, fail);
  for (const content of contents) writer.append(content);
  await writer.settled();
}

function fail(reason: string): never {
  throw new Error(reason);
}
