// The app's manifest, its texts and the program's own settings, held to each other and to what the Supervisor accepts.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { combined, renamed } from '../../src/config/app-options.ts';
import { type Option, type OptionPath, options } from '../../src/config/options.ts';

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Manifest {
  readonly options: Readonly<Record<string, unknown>>;
  readonly schema: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

// The file is checked below to be such a mapping.
const manifest = parse(text('ha-addon/config.yaml')) as Manifest;
const table: Readonly<Record<OptionPath, Option<unknown>>> = options;

const string = (value: unknown) => typeof value === 'string' && value !== '';
const isTrue = (value: unknown) => value === true;
const oneOf =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value);
const listOf = (fits: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(fits);
const mapping = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of the keys that the Supervisor knows those that an app like this may have. The Supervisor drops all others silently. */
const keys: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: string,
  version: (value) => typeof value === 'string' && /^\d+\.\d+\.\d+$/.test(value),
  slug: (value) => /^[-_.A-Za-z0-9]+$/.test(String(value)),
  description: string,
  url: (value) => URL.canParse(String(value)),
  arch: listOf(oneOf('aarch64', 'amd64')),
  startup: oneOf('services'),
  timeout: (value) => Number.isInteger(value) && Number(value) >= 10 && Number(value) <= 300,
  image: (value) => /^[a-z0-9./_-]+$/.test(String(value)),
  init: (value) => value === false,
  tmpfs: isTrue,
  uart: isTrue,
  services: listOf(oneOf('mqtt:want')),
  map: (value) => JSON.stringify(value) === '[{"type":"ssl"}]',
  ingress: isTrue,
  panel_icon: (value) => /^mdi:[a-z-]+$/.test(String(value)),
  panel_title: string,
  breaking_versions: listOf(string),
  homeassistant: string,
  options: mapping,
  schema: mapping,
};

describe('the manifest', () => {
  test.each(Object.entries(manifest))('%s may be there, and be so', (key, value) => {
    expect(Object.keys(keys)).toContain(key);
    expect(keys[key]?.(value)).toBe(true);
  });

  test('has what it must have, and what this app needs', () => {
    expect(Object.keys(manifest)).toEqual(expect.arrayContaining(['name', 'version', 'slug', 'description', 'arch']));
    expect(manifest).toMatchObject({ arch: ['aarch64', 'amd64'], startup: 'services', timeout: 30, uart: true });
    expect(manifest.services).toEqual(['mqtt:want']);
  });

  test('shows the page behind the login of Home Assistant, and nowhere else', () => {
    expect(manifest).toMatchObject({ ingress: true, panel_icon: 'mdi:ev-station', panel_title: 'Wall Connectors' });
    for (const key of ['ports', 'webui', 'host_network', 'ingress_port']) expect(manifest).not.toHaveProperty(key);
  });

  test('has the version of the program, in quotes, and it is the newest of both changelogs', () => {
    const newest = (path: string) => /^## \[?(\d+\.\d+\.\d+)/m.exec(text(path))?.[1];
    const { version } = packageJson;
    expect(manifest.version).toBe(version);
    expect(text('ha-addon/config.yaml')).toContain(`version: "${version}"`);
    expect([newest('CHANGELOG.md'), newest('ha-addon/CHANGELOG.md')]).toEqual([version, version]);
    expect(text('docs/compose.yaml')).toContain(`twc2mqtt:${version}\n`);
    expect(JSON.parse(text('package-lock.json')).version).toBe(version);
  });
});

/** The schema's little language, as far as it is used here, as JavaScript. */
function accepts(type: string, value: unknown): boolean {
  const { kind, of = '' } = element(type);
  if (kind === 'bool') return typeof value === 'boolean';
  if (kind === 'int' || kind === 'float') {
    const [least, most] = bounds(type);
    return (
      typeof value === 'number' && value >= least && value <= most && (kind === 'float' || Number.isInteger(value))
    );
  }
  if (kind === 'list') return of.split('|').includes(String(value));
  if (kind === 'match') return new RegExp(of).test(String(value));
  return typeof value === 'string';
}

function element(type: string): { kind: string; of?: string | undefined; optional: boolean } {
  const parts = /^(\w+?)(?:\((.*)\))?(\?)?$/s.exec(type);
  return { kind: parts?.[1] ?? '', of: parts?.[2], optional: parts?.[3] === '?' };
}

function bounds(type: string): [number, number] {
  const [least = Number.NaN, most = Number.NaN] = (element(type).of ?? '').split(',').map(Number);
  return [least, most];
}

describe.each(Object.entries(manifest.schema))('the option %s', (name, type) => {
  const { kind, of, optional } = element(type);

  test('is of a kind that the Supervisor knows', () => {
    expect(['str', 'password', 'int', 'float', 'bool', 'port', 'device', 'match', 'list']).toContain(kind);
    // With bounds these two could not be saved before Supervisor 2026.07.4.
    if (kind === 'str' || kind === 'password') expect(of).toBeUndefined();
    if (kind === 'match') expect(of).toMatch(/^\^.*\$$/s);
  });

  test('is optional, or has a default that it accepts', () => {
    const value = manifest.options[name];
    if (value === undefined) expect(optional).toBe(true);
    else expect(accepts(type, value)).toBe(true);
  });

  test('may be cleared in the form when it is text', () => {
    if (kind === 'match') expect([optional, accepts(type, '')]).toEqual([true, true]);
  });

  test.each(['en', 'de'])('has a name and a description: %s', (language) => {
    const described = translation(language)[name];
    expect(described?.name).toMatch(/^\p{Lu}/u);
    expect(described?.description).toMatch(/[.]$/);
  });

  test('is explained in the documentation', () => {
    const heading = text('ha-addon/DOCS.md')
      .split('\n')
      .find((line) => line.startsWith('### ') && line.includes(`\`${name}\``));
    expect(heading).toBeDefined();
  });
});

function translation(language: string): Record<string, { name: string; description: string }> {
  return parse(text(`ha-addon/translations/${language}.yaml`)).configuration;
}

test.each(['en', 'de'])('the translation %s has nothing else, in the same order', (language) => {
  expect(Object.keys(translation(language))).toEqual(Object.keys(manifest.schema));
  expect(Object.keys(parse(text(`ha-addon/translations/${language}.yaml`)))).toEqual(['configuration']);
  for (const described of Object.values(translation(language))) {
    expect(Object.keys(described)).toEqual(['name', 'description']);
  }
});

test('what the documentation calls an option is its name in the form', () => {
  const docs = text('ha-addon/DOCS.md');
  for (const [, name = '', called = ''] of docs.matchAll(/^### `(\w+)` \((.*)\)$/gm)) {
    expect(`${translation('en')[name]?.name} (A)`).toContain(called.replace(/ \(A\)$/, ''));
  }
});

test('every default belongs to an option', () => {
  expect(Object.keys(manifest.schema)).toEqual(expect.arrayContaining(Object.keys(manifest.options)));
});

describe('text options', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    [
      'serial_path',
      ['/dev/serial/by-path/pci-0', '/dev/ttyUSB0', 'tcp://192.168.1.20:8899', 'tcp://[fe80::1]:8899', 'tcp://gate:23'],
      ['ttyUSB0', 'tcp://gate', 'simulator', 'COM3', '/etc/passwd', ' /dev/ttyUSB0'],
    ],
    [
      'mqtt_host',
      ['192.168.1.10', 'broker.local', 'core-mosquitto', '[fe80::1]'],
      ['mqtt://broker', 'broker:1883', 'me@broker', 'a b', 'broker/x', 'fe80::1'],
    ],
    [
      'topic_prefix',
      ['TWC', 'home/garage', 'Ladestation-Süd'],
      ['/TWC', '$SYS', 'TWC/', 'T C', 'a+', 'a/#', 'x'.repeat(101)],
    ],
  ])('%s takes what can be right and nothing else', (name, good, bad) => {
    const type = manifest.schema[name] ?? '';
    expect(good.filter((value) => !accepts(type, value))).toEqual([]);
    expect(bad.filter((value) => accepts(type, value))).toEqual([]);
  });
});

describe('the option table and the options', () => {
  const shown = Object.keys(manifest.schema);

  test('are the same settings', () => {
    expect([...Object.keys(renamed), ...Object.values(combined).flat()].sort()).toEqual(shown.toSorted());
  });

  test('differ only in settings that an app does not need, or that it has from Home Assistant', () => {
    const covered: string[] = [...Object.values(renamed), ...Object.keys(combined)];
    expect(Object.keys(table).filter((path) => !covered.includes(path))).toEqual([
      'interface.id',
      'config.energyUnit',
      'chargers',
      'vehicles',
      'control.leaseSeconds',
      'control.safeAmps',
      'control.relay',
      'status.MQTT.ratelimitOverrides',
      'status.MQTT.refresh',
      'status.MQTT.version',
      'status.MQTT.cert',
      'status.MQTT.key',
      'homeassistant.discoveryPrefix',
      'page.listen',
      'sessions.pricePerKWh',
      'sessions.currency',
      'state.path',
    ]);
  });

  test.each(Object.entries(renamed))('%s is %s: default, bounds, choices', (name, path) => {
    const { check, default: value } = table[path];
    const type = manifest.schema[name] ?? '';
    expect(manifest.options[name] ?? '').toEqual(value);
    if (check.choices) expect(element(type)).toMatchObject({ kind: 'list', of: check.choices.join('|') });
    if (check.bounds) {
      expect(['int', 'float']).toContain(element(type).kind);
      expect(bounds(type)).toEqual(check.bounds);
    }
  });

  test('say the same bounds of amps to owners', () => {
    const amps = Object.entries(renamed).filter(([name]) => name.includes('amps'));
    const docs = text('ha-addon/DOCS.md');
    expect(amps).toHaveLength(3);
    for (const [name, path] of amps) {
      const [least, most] = table[path].check.bounds ?? [];
      expect(table[path].default).toBe(6);
      expect(translation('en')[name]?.description).toContain(`rom ${least} to ${most}`);
      expect(translation('de')[name]?.description).toContain(`${least} bis ${most}`);
      const section = docs.slice(docs.indexOf(`### \`${name}\``)).split('\n### ')[0];
      expect(section).toContain(`${least} to ${most} A, at first 6.`);
    }
  });
});
