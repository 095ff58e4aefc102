// What Home Assistant's app store gets, as it is made for a release.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { fillApp } from '../../scripts/app.ts';
import { facts } from '../../scripts/facts.ts';
import { fillStore } from '../../scripts/store.ts';
import { commands } from '../../src/commands/commands.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

let folder: string;
const store = () => join(folder, 'store');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-test-'));
  await fillStore(store());
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function files(of: string): Promise<string[]> {
  const all = await readdir(of, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(of.length + 1))
    .sort();
}

/** Each file and folder with its mode, its time and its bytes. */
async function archive(of: string): Promise<unknown[]> {
  const paths = ['', ...(await readdir(of, { recursive: true })).sort()];
  return Promise.all(
    paths.map(async (path) => {
      const { mode, mtimeMs } = await stat(join(of, path));
      return [path, mode, mtimeMs, await readFile(join(of, path), 'base64').catch(() => 'folder')];
    }),
  );
}

describe('the app', () => {
  const prebuilds = 'prebuilds/linux-';

  test('is the program, its licences, and its native files for Alpine on the architectures of the manifest', async () => {
    expect(parse(await readFile(`${root}ha-addon/config.yaml`, 'utf8')).arch).toEqual(['aarch64', 'amd64']);
    // Commands, and parts of the program that are loaded when they are needed.
    const isPart = (path: string) =>
      /^[\w-]+-[A-Z0-9]{8}\.js$/.test(path) || Object.hasOwn(commands, path.replace(/\.js$/, ''));
    const all = await files(join(store(), 'ha-addon/app'));
    expect(all.filter(isPart).length).toBeGreaterThan(5);
    expect(all.filter((path) => !isPart(path))).toEqual([
      'LICENSE',
      'LICENSES.txt',
      'main.js',
      'package.json',
      `${prebuilds}arm64/@serialport+bindings-cpp.armv8.musl.node`,
      `${prebuilds}x64/@serialport+bindings-cpp.musl.node`,
      'twc2mqtt.js',
    ]);
  });

  test('is the same to the byte when it is made again elsewhere', async () => {
    const again = join(folder, 'again');
    await fillApp(again);
    expect(await archive(again)).toEqual(await archive(join(store(), 'ha-addon/app')));
  });

  test('needs nothing but Node.js', async () => {
    const { stdout } = await run(process.execPath, [join(store(), 'ha-addon/app/twc2mqtt.js'), '--version'], {
      cwd: folder,
    });
    expect(stdout).toBe(`${packageJson.version}\n`);
  });

  test('names every package in it with its licence', async () => {
    const text = await readFile(join(store(), 'ha-addon/app/LICENSES.txt'), 'utf8');
    const parts = text.split(`${'='.repeat(80)}\n`).slice(1);
    expect(parts.length).toBeGreaterThan(20);
    for (const name of ['mqtt', 'aedes', 'luxon', 'yaml', 'serialport', '@serialport/bindings-cpp']) {
      expect(parts).toContainEqual(expect.stringMatching(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|ISC)\\)\n`)));
    }
    for (const part of parts) {
      expect(part).toMatch(/Permission (is hereby granted|to use, copy, modify)/);
      expect(part).toMatch(/copyright/i);
    }
  });
});

describe('the store', () => {
  test('is what is tracked of the app, the app itself, the pictures of its documentation, and the name of the repository', async () => {
    const all = await files(store());
    const { stdout } = await run('git', ['ls-files', 'ha-addon'], { cwd: root });
    const docs = await readFile(join(store(), 'ha-addon/DOCS.md'), 'utf8');
    const shown = [...docs.matchAll(/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/store\/([^)]+)/g)].map(
      ([, path = '']) => path,
    );
    expect(shown).toHaveLength(2);
    expect(all.filter((path) => !path.startsWith('ha-addon/app/'))).toEqual(
      [...stdout.trim().split('\n'), ...shown, 'repository.yaml'].sort(),
    );
  });

  test.each([
    ['app', /(^|\/)config\.(json|ya?ml)$/, ['ha-addon/config.yaml']],
    ['repository', /(^|\/)repository\.(json|ya?ml)$/, ['repository.yaml']],
    ['deprecated build file', /(^|\/)build\.(json|ya?ml)$/, []],
  ])('is searched by Home Assistant for each %s, and nothing else is taken for one', async (_, pattern, found) => {
    expect((await files(store())).filter((path) => pattern.test(path))).toEqual(found);
  });

  test('has a name and an address', async () => {
    expect(parse(await readFile(join(store(), 'repository.yaml'), 'utf8'))).toEqual({
      name: 'Tesla Wall Connector Gen 2',
      url: facts(packageJson).url,
    });
  });
});

describe('the branch store', () => {
  const publish = (remote: string, message: string, env: Readonly<Record<string, string>> = {}) =>
    run(`${root}scripts/publish-store`, [store(), message, remote], { cwd: root, env: { ...author, ...env } });
  const author = {
    PATH: process.env.PATH,
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.org',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.org',
  };

  test('grows by one commit with each version, whatever is checked out, and names the image once there is one', async () => {
    const remote = join(folder, 'remote.git');
    await run('git', ['init', '--quiet', '--bare', remote]);
    const git = async (...args: string[]) => (await run('git', args, { cwd: remote })).stdout.trim();

    await publish(remote, 'Version 0.1.0');
    expect(await git('log', '--format=%s', 'store')).toBe('Version 0.1.0');
    expect((await git('ls-tree', '-r', '--name-only', 'store')).split('\n').sort()).toEqual(await files(store()));
    expect(parse(await git('show', 'store:ha-addon/config.yaml'))).not.toHaveProperty('image');

    await publish(remote, 'The same again');
    expect(await git('log', '--format=%s', 'store')).toBe('Version 0.1.0');

    await publish(remote, 'Version 0.1.1', { IMAGE: 'ghcr.io/owner/twc2mqtt' });
    expect(await git('log', '--format=%s', 'store')).toBe('Version 0.1.1\nVersion 0.1.0');
    const manifest = parse(await git('show', 'store:ha-addon/config.yaml'));
    expect(manifest).toMatchObject({ image: 'ghcr.io/owner/twc2mqtt', slug: 'twc2mqtt' });
    expect(manifest.schema).not.toHaveProperty('image');
  });
});
