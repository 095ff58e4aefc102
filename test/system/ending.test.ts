// However the bridge is ended, and even when it fails: the chargers are told, and the exit code says how it was.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { slave } from '../world.ts';
import { artifact, startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { freePort } from './free-port.ts';
import { createPty } from './pty.ts';
import { attach, type Slaves } from './slaves.ts';
import { observe, until } from './until.ts';

/** The limits that a charger was told, in amperes. */
function limits(bus: Slaves, charger: string): number[] {
  return bus.heard.flatMap(({ message }) =>
    message.name === 'masterHeartbeatLimit' && message.receiver === charger ? [message.limitAmps] : [],
  );
}

test.concurrent.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s lowers the chargers first', async (signal) => {
  await using folder = await createFolder();
  await using pty = await createPty();
  using bus = attach(pty, [slave('1A2B')]);
  const broker = `embedded:${await freePort()}`;
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker });
  await until(() => limits(bus, '1A2B').at(-1) === 32, 'the charger has 32 A', 60_000);
  expect(await bridge.end(signal)).toBe(0);
  expect(limits(bus, '1A2B').at(-1)).toBe(6);
});

test.concurrent('a mistake in the program lowers the chargers too, is told, and ends with an error', async () => {
  await using folder = await createFolder();
  await using pty = await createPty();
  using bus = attach(pty, [slave('1A2B')]);
  // From a certain moment on the clock fails for a while.
  const failing =
    'const now = Date.now; setTimeout(() => { Date.now = () => { throw new Error("planted"); }; setTimeout(() => { Date.now = now; }, 1_500); }, 25_000)';
  const broker = `embedded:${await freePort()}`;
  await using bridge = await startBridge(
    folder,
    { 'interface.port': pty.port, 'status.MQTT.broker': broker },
    { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(failing)}` },
  );
  await until(() => limits(bus, '1A2B').at(-1) === 32, 'the charger has 32 A', 60_000);
  expect(await bridge.ended).toBe(1);
  expect(limits(bus, '1A2B').at(-1)).toBe(6);
  expect(bridge.lines.join('\n')).toMatch(/planted/);
});

test('a bridge that is asked to end right after its start does so without an error', { timeout: 120_000 }, async () => {
  await using folder = await createFolder();
  const file = folder.file('bridge.yaml');
  await writeFile(file, `status:\n  MQTT:\n    broker: embedded:${await freePort()}\n`);
  for (const after of [0, 100, 200, 300, 400, 700]) {
    const child = spawn(process.execPath, [artifact, '--config', file], { stdio: 'ignore' });
    await once(child, 'spawn');
    await until(() => hearsSignals(child.pid ?? 0), 'signals are heard', 40_000);
    await observe(after);
    child.kill('SIGTERM');
    const [code, signal] = await once(child, 'exit');
    expect([after, code ?? signal]).toEqual([after, 0]);
  }
});

test.concurrent('a process that the bridge starts knows nothing of its environment but where programs are', async () => {
  await using folder = await createFolder();
  const broker = `embedded:${await freePort()}`;
  const env = { SUPERVISOR_TOKEN: '', HOUSE_SECRET: 'hunter2-and-a-half' };
  await using bridge = await startBridge(folder, { 'status.MQTT.broker': broker }, env);
  const child = await until(() => firstChild(bridge.pid), 'a child process', 40_000);
  const names = (await readFile(`/proc/${child}/environ`, 'utf8')).split('\0').map((one) => one.split('=')[0]);
  expect(names.filter((name) => name !== '' && name !== 'PWD')).toEqual(['PATH']);
});

async function firstChild(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const first = Number(children.trim().split(' ')[0]);
  // Before it is a shell it is a copy of the bridge.
  const name = first > 0 ? await readFile(`/proc/${first}/comm`, 'utf8').catch(() => '') : '';
  return name === 'sh\n' ? first : undefined;
}

/** Node itself handles SIGTERM, but not SIGHUP: once that is handled the bridge's own code has begun. */
async function hearsSignals(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number.parseInt(/^SigCgt:\s*(\w+)$/m.exec(status)?.[1]?.at(-1) ?? '0', 16) % 2 === 1;
}
