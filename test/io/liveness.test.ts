// The sign of life that a running bridge leaves, and what is said of one that is missing, old or false.

import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createLiveness, readLiveness } from '../../src/io/liveness.ts';
import { createFolder } from '../system/folder.ts';

const well = { link: true, broker: false, problem: '' };
const never = (reason: string) => expect.unreachable(reason);

/** A bridge that has given its first sign, changed as told. */
async function signed(change: (sign: Record<string, unknown>) => unknown): Promise<unknown> {
  await using folder = await createFolder();
  const statePath = folder.file('state.json');
  const sign = await createLiveness(statePath, never);
  sign.touch(() => well);
  await sign.settled();
  await writeFile(sign.path, JSON.stringify(change(JSON.parse(await readFile(sign.path, 'utf8')))));
  try {
    return await readLiveness(statePath);
  } finally {
    await sign.end();
  }
}

describe('a sign of life', () => {
  test('is found under the path of the state file, and gone when the bridge ended', async () => {
    await using folder = await createFolder();
    const statePath = folder.file('state.json');
    await expect(readLiveness(statePath)).rejects.toThrow('The bridge does not run');
    const sign = await createLiveness(statePath, never);
    sign.touch(() => well);
    await sign.settled();
    expect(await readLiveness(statePath)).toMatchObject({ ...well, pid: process.pid });
    await expect(readLiveness(folder.file('other.json'))).rejects.toThrow('no sign of life');
    await sign.end();
    await expect(readLiveness(statePath)).rejects.toThrow('no sign of life');
  });

  test('stands where the environment says, and not before the loop turns', async () => {
    await using folder = await createFolder();
    const path = folder.file('alive');
    await writeFile(path, 'left behind');
    vi.stubEnv('TWC2MQTT_LIVENESS', path);
    try {
      const sign = await createLiveness(folder.file('state.json'), never);
      expect(sign.path).toBe(path);
      await expect(readFile(path)).rejects.toThrow('ENOENT');
      sign.touch(() => well);
      await sign.settled();
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
      await sign.end();
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('stands in the folder that the service manager gives, else in the own one of the user, never in /dev/shm', async () => {
    await using folder = await createFolder();
    const places = [];
    for (const [service, session] of [
      [folder.path, '/absent'],
      ['', folder.path],
      ['', ''],
    ] as const) {
      vi.stubEnv('RUNTIME_DIRECTORY', service);
      vi.stubEnv('XDG_RUNTIME_DIR', session);
      const sign = await createLiveness(folder.file('state.json'), never);
      places.push(dirname(sign.path));
      await sign.end();
    }
    vi.unstubAllEnvs();
    expect(places).toEqual([folder.path, folder.path, expect.stringMatching(/^(\/run|\/tmp)/)]);
  });

  test('is not written with every turn', async () => {
    await using folder = await createFolder();
    const sign = await createLiveness(folder.file('state.json'), never);
    let asked = 0;
    for (let i = 0; i < 1_000; i++) {
      sign.touch(() => {
        asked++;
        return well;
      });
    }
    await sign.end();
    expect(asked).toBe(1);
  });

  test('that is a little old is one', async () => {
    expect(await signed((sign) => ({ ...sign, at: Number(sign.at) - 30 }))).toMatchObject(well);
  });

  const dead = spawnSync(process.execPath, ['--version']).pid;
  test.each<[string, (sign: Record<string, unknown>) => unknown, string]>([
    ['that is old is that of a stuck bridge', (sign) => ({ ...sign, at: Number(sign.at) - 61 }), 'is stuck: no sign'],
    ['of a process that is gone is none', (sign) => ({ ...sign, pid: dead }), `process ${dead} is gone`],
    ['from before a restart of the machine is none', (sign) => ({ ...sign, at: 1e9 }), 'before the restart'],
    ['without a process is none', (sign) => ({ ...sign, pid: -1 }), 'no sign of life'],
    ['that is something else is none', () => 'hello', 'no sign of life'],
  ])('%s', async (_, change, words) => {
    await expect(signed(change)).rejects.toThrow(words);
  });
});
