// What the app is made of beside its manifest, how its image is built, and how a version is released.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { facts, files, withFacts } from '../../scripts/facts.ts';
import { drawn } from '../../scripts/icon.ts';
import { obstacles, type Release } from '../../scripts/release.ts';
import { parseConfig } from '../../src/config/load.ts';
import { instructions } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, 'utf8');

test('the app has everything that belongs to one, beside the program that `npm run app` puts there', () => {
  const wanted = ['CHANGELOG.md', 'DOCS.md', 'Dockerfile', 'README.md', 'config.yaml', 'icon.png', 'logo.png'];
  const found = readdirSync(`${root}ha-addon`).filter((name) => name !== 'app');
  expect(found.toSorted()).toEqual([...wanted, 'translations']);
  expect(readdirSync(`${root}ha-addon/translations`).toSorted()).toEqual(['de.yaml', 'en.yaml']);
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
  const lines = instructions(text('ha-addon/Dockerfile'));
  const only = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

  test('stands on a base image of Home Assistant that is pinned, and is built in one stage', () => {
    expect(only('FROM')).toEqual([`$\{BUILD_FROM}`]);
    expect(only('ARG')[0]).toMatch(/^BUILD_FROM=ghcr\.io\/home-assistant\/base:\d+\.\d+$/);
  });

  test('has Node.js, an init and the program, and is built without any other network', () => {
    expect(only('RUN')).toEqual(['apk add --no-cache nodejs tini']);
    expect(only('COPY')).toEqual(['app /opt/twc2mqtt/']);
    expect(only('ADD')).toEqual([]);
  });

  test('has tini as process 1, which Home Assistant then does not add, and hears SIGTERM before the bridge does', () => {
    const command = ['/sbin/tini', '-e', '143', '--', 'node', '--no-opt', '--no-maglev'];
    const program = '/opt/twc2mqtt/twc2mqtt.js';
    expect(only('ENTRYPOINT').map((line) => JSON.parse(line))).toEqual([[...command, program]]);
    expect(parse(text('ha-addon/config.yaml')).init).toBe(false);
    expect([...only('CMD'), ...only('SHELL'), ...only('USER')]).toEqual([]);
  });

  test('is asked for its health without a second Node.js, early enough for the start of Home Assistant', () => {
    const [check = '', ...others] = only('HEALTHCHECK');
    expect(others).toEqual([]);
    expect(check).toContain('--start-interval=5s');
    const command = JSON.parse(/ CMD (\[.*\])$/.exec(check)?.[1] ?? '[]');
    expect(command).toEqual(['sh', '-c', 'find "$TWC2MQTT_LIVENESS" -mmin -1 | grep -q .']);
  });

  test('keeps the sign that the bridge lives in memory of its own', () => {
    expect(only('ENV')).toEqual(['TWC2MQTT_LIVENESS=/tmp/twc2mqtt.alive']);
    expect(parse(text('ha-addon/config.yaml')).tmpfs).toBe(true);
    expect(parse(text('docs/compose.yaml')).services.twc2mqtt.tmpfs).toEqual(['/tmp']);
  });
});

describe('the version and the address of the repository', () => {
  test.each(files)('are in %s what they are in package.json', (file) => {
    expect(withFacts(file, text(file))).toBe(text(file));
  });

  test('are written everywhere anew when they change there', () => {
    const other = facts({ version: '9.8.7', repository: 'github:Some-Owner/Some.Name' });
    const all = files.map((file) => withFacts(file, text(file), other)).join('\n');
    for (const expected of [
      'version: "9.8.7"',
      'url: https://github.com/Some-Owner/Some.Name\n',
      'image: ghcr.io/some-owner/some.name:9.8.7\n',
      '`https://github.com/Some-Owner/Some.Name#store`',
      '?repository_url=https%3A%2F%2Fgithub.com%2FSome-Owner%2FSome.Name%23store)',
    ]) {
      expect(all).toContain(expected);
    }
    expect(all).not.toContain(facts(packageJson).url);
  });
});

describe('a release', () => {
  const ready = text('CHANGELOG.md').replace(/^(## \[.*\]) - .*$/m, '$1 - 2026-12-24');
  const right: Release = {
    tag: `v${packageJson.version}`,
    url: facts(packageJson).url,
    text: (file) => (file === 'CHANGELOG.md' ? ready : text(file)),
    package: packageJson,
  };

  test('may be made when all agrees', () => {
    expect(obstacles(right)).toEqual([]);
  });

  test.each<[string, Partial<Release>, RegExp]>([
    ['another tag', { tag: 'v9.9.9' }, /^The tag is v9\.9\.9, but package\.json has the version \d/],
    [
      'a repository that is not the one in package.json, such as the placeholder there',
      { url: 'https://github.com/owner/fork' },
      /^package\.json names the repository .*, but this is https:\/\/github\.com\/owner\/fork: .* npm run facts$/,
    ],
    [
      'a changelog without the day',
      { text: (file) => right.text(file).replace('2026-12-24', 'Unreleased') },
      /^CHANGELOG\.md: expected "## \[.*\] - " and the day .* got ".* - Unreleased"$/,
    ],
    [
      'a file that was not written anew',
      { package: { ...packageJson, version: '0.1.1' }, tag: 'v0.1.1' },
      /^ha-addon\/config\.yaml has another version or address than package\.json\. Run: npm run facts$/,
    ],
  ])('stops with words at %s', (_, wrong, words) => {
    expect(obstacles({ ...right, ...wrong })).toContainEqual(expect.stringMatching(words));
  });
});

describe('the workflows', () => {
  const release = parse(text('.github/workflows/release.yaml'));
  const checks = parse(text('.github/workflows/checks.yaml'));

  test('publish on a tag, after the checks, the image for the architectures of the manifest', () => {
    expect(release.on).toEqual({ push: { tags: ['v*'] } });
    expect(release.jobs.folder.needs).toEqual('checks');
    expect(release.jobs.image.needs).toEqual('folder');
    const { arch } = parse(text('ha-addon/config.yaml'));
    const built = release.jobs.image.strategy.matrix.include.map((row: { arch: string }) => row.arch);
    expect(built.toSorted()).toEqual(arch.toSorted());
  });

  test('run only scripts that are there', () => {
    const all = JSON.stringify([release, checks]);
    const named = [...all.matchAll(/(?:scripts|\.ci)\/[\w-]+(?:\.ts)?/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) expect(existsSync(`${root}${path}`)).toBe(true);
    for (const path of ['try-image', 'publish-store', 'lint']) {
      expect(statSync(`${root}scripts/${path}`).mode & 0o111).not.toBe(0);
    }
    for (const [, name = ''] of all.matchAll(/npm run (\w+)/g))
      expect(Object.keys(packageJson.scripts)).toContain(name);
  });
});

describe('without Home Assistant', () => {
  test('the configuration in the documentation is right', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(text('docs/container.md')) ?? [];
    const config = parseConfig(example.replaceAll(/^ {3}/gm, ''), 'twc.config.yaml');
    expect(config).toMatchObject({
      'interface.port': { type: 'folder', name: '/dev/serial/by-id/' },
      'status.MQTT.broker': { type: 'urls', urls: ['mqtt://mosquitto:1883'] },
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
