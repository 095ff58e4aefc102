// The file of a capture: new, for its owner only, and whole when the capture has ended.

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCapture, toggleCapture } from '../../src/capture/file.ts';
import { parseCapture } from '../../src/capture/format.ts';
import { slave } from '../world.ts';
import { record } from './recording.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-test-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('everything is in the file when the capture has ended, and only its owner may read it', async () => {
  const { world, recorder } = record({ slaves: [slave('1A2B')], fromStart: false });
  const path = join(folder, 'problem.jsonl');
  await startCapture(recorder, path);
  expect(recorder.path).toBe(path);
  world.pass(60_000);
  await recorder.end('asked to');
  expect(recorder.path).toBeUndefined();
  const { entries, torn } = parseCapture(await readFile(path, 'utf8'));
  expect(torn).toBe(false);
  expect(entries.filter((entry) => 'said' in entry)).toHaveLength(world.said.length);
  expect(entries.at(-1)).toMatchObject({ end: 'asked to' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a file that is there is never replaced', async () => {
  const { recorder } = record({ fromStart: false });
  const path = join(folder, 'problem.jsonl');
  await writeFile(path, 'something else');
  await expect(startCapture(recorder, path)).rejects.toThrow(`${path}: there is such a file already`);
  expect(await readFile(path, 'utf8')).toBe('something else');
  expect(recorder.path).toBeUndefined();
});

test('a folder that does not exist is said', async () => {
  const { recorder } = record({ fromStart: false });
  const path = join(folder, 'nowhere', 'problem.jsonl');
  await expect(startCapture(recorder, path)).rejects.toThrow(`${path}: cannot be written, there is no such folder`);
});

test('asked once it starts beside another file, asked again it ends', async () => {
  const { world, recorder, logs } = record({ slaves: [slave('1A2B')], fromStart: false });
  const log = (level: string, text: string) => void logs.push(`${level} ${text}`);
  await toggleCapture(recorder, join(folder, 'bridge.state.json'), log);
  const [name = ''] = await readdir(folder);
  expect(name).toMatch(/^twc2mqtt-capture-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.jsonl$/);
  world.pass(5_000);
  await toggleCapture(recorder, join(folder, 'bridge.state.json'), log);
  expect(await readdir(folder)).toEqual([name]);
  expect(logs).toEqual([
    `info ${join(folder, name)}: captures what is on the bus, up to 20 MB`,
    `info ${join(folder, name)}: the capture is complete, asked to`,
  ]);
});

test('where it cannot start that is said in the log', async () => {
  const { recorder } = record({ fromStart: false });
  const lines: string[] = [];
  await toggleCapture(
    recorder,
    join(folder, 'nowhere', 'bridge.state.json'),
    (level, text) => void lines.push(`${level} ${text}`),
  );
  expect(lines).toEqual([
    expect.stringMatching(/^warn .*twc2mqtt-capture-.*: cannot be written, there is no such folder$/),
  ]);
});

test('what a disk does not take does not fill the memory: the capture ends', async () => {
  const { world, recorder, logs } = record({ fromStart: false });
  const path = join(folder, 'problem.jsonl');
  await startCapture(recorder, path);
  // No moment passes in which anything could be written.
  for (let i = 0; i < 20; i++) world.input({ type: 'bytes', bytes: new Uint8Array(50_000) });
  await recorder.end('asked to');
  expect(logs.at(-1)).toBe(`warn ${path}: the capture has ended, it cannot be written: the disk is too slow`);
});
