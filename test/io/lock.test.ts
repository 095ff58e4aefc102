// One bridge for one state file.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lock } from '../../src/io/lock.ts';
import { createFolder } from '../system/folder.ts';

const source = fileURLToPath(new URL('../../src/io/lock.ts', import.meta.url));

/** Another process that locks this path and says so. */
async function another(path: string): Promise<{ child: ChildProcess; said: string }> {
  const program = `import { lock } from ${JSON.stringify(source)};
    await lock(${JSON.stringify(path)}).then(() => console.log('has it'), (error) => console.log(error.message));
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said) };
}

test('a second process is told which one has it, until that ends, however it ends', { timeout: 60_000 }, async () => {
  await using folder = await createFolder();
  const path = folder.file('state.json');
  const { child, said } = await another(path);
  expect(said).toBe('has it\n');
  await expect(lock(path)).rejects.toThrow(`another bridge remembers here already (process ${child.pid})`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const held = await lock(path);
  const second = await another(path);
  expect(second.said).toContain(`(process ${process.pid})`);
  second.child.kill('SIGKILL');
  held.release();
  await expect.poll(() => readdir(folder.path)).toEqual([]);
});

test('files beside each other are locked one by one', async () => {
  await using folder = await createFolder();
  const locks = await Promise.all(['a', 'b'].map((name) => lock(folder.file(name))));
  for (const one of locks) one.release();
});

test('where there can be no socket, or the path is long, the bridge runs all the same', async () => {
  await using folder = await createFolder();
  (await lock(folder.file('absent/state.json'))).release();
  const deep = folder.file(`${'deep/'.repeat(30)}`);
  await mkdir(deep, { recursive: true });
  const { child } = await another(`${deep}state.json`);
  await expect(lock(`${deep}state.json`)).rejects.toThrow('another bridge remembers here already');
  child.kill('SIGKILL');
});
