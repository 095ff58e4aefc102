// The npm package as a person without a clone gets it, in an empty folder.

import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createFolder } from './folder.ts';
import { start } from './program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

test('the package needs no other, is found by npx, and runs simulated chargers in an empty folder', {
  timeout: 120_000,
}, async () => {
  await using folder = await createFolder();
  const [home, cache] = [folder.file('home'), folder.file('cache')];
  await mkdir(home);
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder.path], { cwd: root });
  const archive = folder.file(`twc2mqtt-${packageJson.version}.tgz`);
  const install = ['install', '--offline', '--cache', cache, '--no-audit', '--no-fund', '--no-save', archive];
  await run('npm', install, { cwd: home });
  expect((await readdir(`${home}/node_modules`)).filter((name) => !name.startsWith('.'))).toEqual(['twc2mqtt']);

  const empty = folder.file('home/empty');
  await mkdir(empty);
  const npx = await run('npx', ['--offline', 'twc2mqtt', '--version'], { cwd: empty });
  expect(npx.stdout).toBe(`${packageJson.version}\n`);

  const bin = `${home}/node_modules/.bin/twc2mqtt`;
  const says = async (...args: string[]) => (await run(bin, args, { cwd: empty })).stdout;
  expect(await says('help')).toContain('\nUsage: npx twc2mqtt [COMMAND]');
  expect(await says('ports')).toMatch(/interface:|No serial adapter found/);
  expect(await says('check')).toBe('the defaults, since there is no config.yaml in this folder: fine\n');

  await using bridge = await start(bin, [], { cwd: empty });
  await bridge.says(/# For real ones write a file config\.yaml with these: +#$/);
  await bridge.says(/see: npx twc2mqtt ports +#$/);
  await bridge.says(/1A2B: online/);
  expect(await bridge.end('SIGTERM')).toBe(0);

  await writeFile(`${empty}/config.yaml`, 'interface:\n  mode: listen\n');
  expect(await says('check')).toBe('config.yaml: fine\n');
  await expect(says('--config', 'other.yaml')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('other.yaml: expected a configuration file, but there is no such file'),
  });
});
