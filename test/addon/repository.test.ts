// The repository as Home Assistant's app store reads it, and the image as it is built from it.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { drawn } from '../../scripts/icon.ts';
import { commands } from '../../src/commands/commands.ts';
import { parseConfig } from '../../src/config/load.ts';
import { copies, stages } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, 'utf8');

describe('the store finds', () => {
  const others = ['node_modules', 'dist', 'test-output'];
  const files = readdirSync(root)
    .filter((name) => !name.startsWith('.') && !others.includes(name))
    .flatMap((name) => {
      if (!statSync(`${root}${name}`).isDirectory()) return [name];
      const inside = readdirSync(`${root}${name}`, { recursive: true, encoding: 'utf8' });
      return inside.map((path) => `${name}/${path}`);
    });
  const named = (pattern: RegExp) => files.filter((path) => pattern.test(path)).sort();

  test('this app, and beside it only the configuration of the bridge', () => {
    expect(named(/(^|\/)config\.(json|ya?ml)$/)).toEqual(['config.yaml', 'ha-addon/config.yaml']);
  });

  test('one repository', () => {
    expect(named(/(^|\/)repository\.(json|ya?ml)$/)).toEqual(['repository.yaml']);
    const { name, url, ...rest } = parse(text('repository.yaml'));
    expect(name).toMatch(/\w/);
    expect(URL.canParse(url)).toBe(true);
    expect(Object.keys(rest).filter((key) => key !== 'maintainer')).toEqual([]);
  });

  test('no build file, which would be the deprecated way', () => {
    expect(named(/(^|\/)build\.(json|ya?ml)$/)).toEqual([]);
  });

  test('a configuration of the bridge that is no app and has no secret', () => {
    const content = parse(text('config.yaml'));
    expect(typeof content === 'object' && !Array.isArray(content) && !('name' in content)).toBe(true);
    expect(content.status.MQTT).toMatchObject({ username: '', password: '' });
  });

  test('everything that belongs to an app', () => {
    const wanted = ['CHANGELOG.md', 'DOCS.md', 'Dockerfile', 'README.md', 'config.yaml', 'icon.png', 'logo.png'];
    expect(readdirSync(`${root}ha-addon`).toSorted()).toEqual([...wanted, 'translations']);
    expect(readdirSync(`${root}ha-addon/translations`).toSorted()).toEqual(['de.yaml', 'en.yaml']);
  });
});

describe('the pictures', () => {
  test.each([
    ['icon.png', 128, 128],
    ['logo.png', 250, 100],
  ])('%s is %i × %i, and what the script draws', (name, width, height) => {
    const picture = readFileSync(`${root}ha-addon/${name}`);
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([width, height]);
    expect(pixels(picture).equals(pixels(drawn()[name] ?? Buffer.alloc(0)))).toBe(true);
  });

  /** Compressed bytes may differ from one zlib to another. */
  function pixels(picture: Buffer): Buffer {
    const start = 33;
    const length = picture.readUInt32BE(start);
    return inflateSync(picture.subarray(start + 8, start + 8 + length));
  }
});

describe('the image', () => {
  const source = text('ha-addon/Dockerfile');
  const built = stages(source);

  test('has a source that is the tag, a build, and what runs', () => {
    expect(built.map(({ name }) => name)).toEqual(['source', 'build', '']);
    expect(built[0]?.lines).toContain(`ADD $\{REPOSITORY}#v$\{BUILD_VERSION} /`);
  });

  test('stands on a base image of Home Assistant that is pinned', () => {
    expect(source).toMatch(/^ARG BUILD_FROM=ghcr\.io\/home-assistant\/base:\d+\.\d+$/m);
    expect(built.map(({ from }) => from)).toEqual(['scratch', `$\{BUILD_FROM}`, `$\{BUILD_FROM}`]);
  });

  test('copies from the source only what is there and not kept out of the build', () => {
    const ignored = text('.dockerignore').split('\n');
    const taken = built.flatMap(copies).filter(({ stage }) => stage === 'source');
    expect(taken.length).toBeGreaterThan(3);
    for (const path of taken.flatMap(({ paths }) => paths)) {
      expect(existsSync(`${root}${path}`)).toBe(true);
      expect(ignored).toContain(`!${path.slice(1)}`);
    }
  });

  test('copies nothing from the build context, which on an owner’s machine is the app’s folder alone', () => {
    expect(built.flatMap(copies).filter(({ stage }) => stage === undefined)).toEqual([]);
  });

  test('has a prebuilt serial binding for Alpine on both architectures, so that nothing is compiled', () => {
    const prebuilt = (folder: string) =>
      readdirSync(`${root}node_modules/@serialport/bindings-cpp/prebuilds/${folder}`);
    for (const folder of ['linux-x64', 'linux-arm64']) {
      expect(prebuilt(folder)).toContainEqual(expect.stringMatching(/\.musl\.node$/));
    }
    expect(source).not.toMatch(/\b(make|g\+\+|python3|build-base)\b/);
  });

  test('is one process that hears SIGTERM itself', () => {
    expect(built.at(-1)?.lines).toContain('ENTRYPOINT ["node", "/opt/twc2mqtt/twc2mqtt.js"]');
    expect(source).not.toMatch(/^(CMD|SHELL|USER)/m);
  });

  test('is asked for its health by the program itself, early enough for the start of Home Assistant', () => {
    const [check = '', ...others] = (built.at(-1)?.lines ?? []).filter((line) => line.startsWith('HEALTHCHECK '));
    expect(others).toEqual([]);
    const command = JSON.parse(/ CMD (\[.*\])$/.exec(check)?.[1] ?? '[]');
    expect(command).toEqual(['node', '/opt/twc2mqtt/twc2mqtt.js', 'health']);
    expect(Object.keys(commands)).toContain(command.at(-1));
    expect(check).toContain('--start-interval=5s');
  });
});

describe('the workflows', () => {
  const release = parse(text('.github/workflows/release.yaml'));
  const checks = parse(text('.github/workflows/checks.yaml'));

  test('publish on a tag, after the checks, for the architectures of the manifest', () => {
    expect(release.on).toEqual({ push: { tags: ['v*'] } });
    expect(release.jobs.build.needs).toEqual(['checks', 'prepare']);
    const { arch } = parse(text('ha-addon/config.yaml'));
    expect(JSON.parse(release.env.ARCHITECTURES).toSorted()).toEqual(arch.toSorted());
  });

  test('use the actions of Home Assistant, all of one version', () => {
    const used = [...text('.github/workflows/release.yaml').matchAll(/uses: (home-assistant\/\S+)@(\S+)/g)];
    expect(used.map(([, action]) => action)).toEqual([
      'home-assistant/builder/actions/prepare-multi-arch-matrix',
      'home-assistant/builder/actions/build-image',
      'home-assistant/builder/actions/publish-multi-arch-manifest',
    ]);
    expect(new Set(used.map(([, , version]) => version)).size).toBe(1);
  });

  test('run only scripts that are there', () => {
    const all = JSON.stringify([release, checks]);
    for (const [path] of all.matchAll(/(scripts|\.ci)\/[\w-]+/g)) expect(existsSync(`${root}${path}`)).toBe(true);
    expect(statSync(`${root}scripts/try-image`).mode & 0o111).not.toBe(0);
  });
});

describe('without Home Assistant', () => {
  test('the configuration in the documentation is right', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(text('docs/container.md')) ?? [];
    const config = parseConfig(example.replaceAll(/^ {3}/gm, ''), 'twc.config.yaml');
    expect(config).toMatchObject({
      'interface.port': '/dev/serial/by-id/',
      'status.MQTT.broker': 'mqtt://mosquitto:1883',
      'config.maxAmpsForSlaves': 6,
    });
  });

  test('the compose file puts it where the image looks for it, beside the broker that it names', () => {
    const { services, volumes } = parse(text('docs/compose.yaml'));
    expect(Object.keys(services)).toEqual(['mosquitto', 'twc2mqtt']);
    expect(services.twc2mqtt.volumes).toContain('./twc.config.yaml:/data/config.yaml:ro');
    expect(services.twc2mqtt.restart).toBe('unless-stopped');
    expect(Object.keys(volumes)).toEqual(['mosquitto', 'twc2mqtt']);
  });
});
