// Why a file is not read or written, in an owner's words, as the operating system really refuses it.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeReadError, describeWriteError } from '../../src/io/file-errors.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
  await writeFile(join(folder, 'file'), '');
});

afterAll(() => rm(folder, { recursive: true }));

describe('a file that is not read:', () => {
  test.each([
    ['it is not there', 'nowhere', 'there is no such file'],
    ['its folder is a file', 'file/inside', 'there is no such file'],
    ['it is a folder', '.', 'it is a folder'],
    ['its name is too long', 'x'.repeat(300), 'its name is too long'],
  ])('%s', async (_, name, words) => {
    expect(await readFile(join(folder, name)).then(() => '', describeReadError)).toBe(words);
  });
});

describe('a file that is not written:', () => {
  test.each([
    ['its folder is not there', 'nowhere/inside', 'there is no such folder'],
    ['its folder is a file', 'file/inside', 'there is a file where its folder should be'],
    ['it is a folder', '.', 'it is a folder'],
    ['its name is too long', 'x'.repeat(300), 'its name is too long'],
  ])('%s', async (_, name, words) => {
    expect(await writeFile(join(folder, name), '').then(() => '', describeWriteError)).toBe(words);
  });

  test('the disk is full', async () => {
    expect(await writeFile('/dev/full', 'x').then(() => '', describeWriteError)).toBe('the disk is full');
  });

  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EFBIG', 'the file would be larger than is allowed here'],
    ['EACCES', 'this user may not write there'],
    ['EROFS', 'the disk is mounted read-only'],
    ['EBUSY', 'it is a mount of its own, which cannot be replaced; mount its folder instead'],
    ['EIO', 'the disk reports an error (EIO)'],
  ])('%s', (code, words) => {
    expect(describeWriteError(Object.assign(new Error(`${code}: open '/secret'`), { code }))).toBe(words);
  });
});

test('a reason without words of ours is named by its code, and by nothing that holds the path', () => {
  const error = Object.assign(new Error("EXYZ: odd, open '/home/somebody/file'"), { code: 'EXYZ' });
  expect(describeReadError(error)).toBe('it cannot be read (EXYZ)');
  expect(describeWriteError(error)).toBe('the operating system says EXYZ');
});
