// A bridge whose main loop is really stuck, one that is only stopped for a while, and what `health` says of each.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { artifact } from './bridge.ts';
import { createFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';
import { type Program, start } from './program.ts';
import { observe, until } from './until.ts';

async function bridge(folder: Folder, preload?: string): Promise<Program> {
  const file = folder.file('bridge.yaml');
  await writeFile(file, `status:\n  MQTT:\n    broker: embedded:${await freePort()}\n`);
  const hook = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  return start(process.execPath, [...hook, artifact, '--config', file]);
}

async function health(folder: Folder): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, [artifact, 'health', '--config', folder.file('bridge.yaml')]);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, err };
}

async function healthy(folder: Folder): Promise<string> {
  return until(
    async () => {
      const { code, out } = await health(folder);
      return code === 0 && out;
    },
    'a healthy bridge',
    30_000,
  );
}

test.concurrent('a stuck main loop is noticed from outside of it, said, and ended', { timeout: 240_000 }, async () => {
  await using folder = await createFolder();
  // The loop that never ends comes after the start, in the bridge's own main thread.
  await using program = await bridge(folder, 'setTimeout(() => { for (;;); }, 12_000)');
  await healthy(folder);
  expect(await program.ended).toBe('SIGKILL');
  expect(program.lines.at(-1)).toMatch(/^\S+ error the main loop was stuck: ended, so that it is started anew$/);
  const { code, err } = await health(folder);
  expect(code).toBe(1);
  expect(err).toMatch(/^The bridge does not run/);
});

test.concurrent('a bridge that is stopped and goes on is not ended', { timeout: 240_000 }, async () => {
  await using folder = await createFolder();
  await using program = await bridge(folder);
  await healthy(folder);
  program.child.kill('SIGSTOP');
  await until(async () => (await health(folder)).err.includes('stuck'), 'health says that it is stuck', 120_000);
  program.child.kill('SIGCONT');
  await healthy(folder);
  // Longer than a look.
  await observe(12_000);
  await healthy(folder);
  expect(await program.end('SIGTERM')).toBe(0);
});

test.concurrent('the watchdog ends with the bridge, however that ends', { timeout: 60_000 }, async () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    await using folder = await createFolder();
    await using program = await bridge(folder);
    await healthy(folder);
    const shell = await until(() => watchdogOf(program.pid), 'a watchdog');
    await program.end(signal);
    await until(async () => !(await runs(shell)), 'the watchdog is gone');
    const { code, err } = await health(folder);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^The bridge does not run .*no sign of life/),
    });
  }
});

async function watchdogOf(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const first = Number(children.trim().split(' ')[0]);
  return first > 0 ? first : undefined;
}

async function runs(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^State:\s+[^Z]/m.test(status);
}
