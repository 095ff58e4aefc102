// The app's manifest, its texts and the program's own settings, held to each other and to what the Supervisor accepts.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { appDefaults, combined, listed, renamed } from '../../src/config/app-options.ts';
import { type Option, type OptionPath, options } from '../../src/config/options.ts';

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** A type, a group of fields, or the fields of each entry of a list. */
type Element = string | Fields | readonly [Fields];
type Fields = { readonly [name: string]: string };

interface Manifest {
  readonly options: Readonly<Record<string, unknown>>;
  readonly schema: Readonly<Record<string, Element>>;
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

const isGroup = (of: Element): of is Fields => typeof of === 'object' && !Array.isArray(of);
const fieldsOf = (of: Element): Fields => (typeof of === 'string' ? {} : isGroup(of) ? of : of[0]);

/** The types of all options; a field of a group or of a list has the name of that before a dot. */
const types: Fields = Object.fromEntries(
  Object.entries(manifest.schema).flatMap(([name, of]) =>
    typeof of === 'string'
      ? [[name, of]]
      : Object.entries(fieldsOf(of)).map(([field, type]) => [`${name}.${field}`, type]),
  ),
);
const lists = Object.entries(manifest.schema).flatMap(([name, of]) => (Array.isArray(of) ? [name] : []));
const groups = Object.entries(manifest.schema).flatMap(([name, of]) => (isGroup(of) ? [name] : []));
const isInList = (name: string) => lists.includes(name.split('.')[0] ?? '');

/** The defaults by the same names. */
const defaults: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(manifest.options).flatMap(([name, value]) =>
    mapping(value)
      ? Object.entries({ ...(value as object) }).map(([field, of]) => [`${name}.${field}`, of])
      : [[name, value]],
  ),
);

describe.each(Object.entries(types))('the option %s', (name, type) => {
  const { kind, of, optional } = element(type);

  test('is of a kind that the Supervisor knows', () => {
    expect(['str', 'password', 'int', 'float', 'bool', 'port', 'device', 'match', 'list']).toContain(kind);
    // With bounds these two could not be saved before Supervisor 2026.07.4.
    if (kind === 'str' || kind === 'password') expect(of).toBeUndefined();
    if (kind === 'match') expect(of).toMatch(/^\^.*\$$/s);
  });

  test('is optional, or has a default that it accepts', () => {
    const value = defaults[name];
    if (value !== undefined) expect(accepts(type, value)).toBe(true);
    else expect(optional || isInList(name)).toBe(true);
  });

  test('may be cleared in the form when it is text', () => {
    if (kind === 'match' && optional) expect(accepts(type, '')).toBe(true);
    if (kind === 'match' && !isInList(name)) expect(optional || accepts(type, '')).toBe(true);
  });

  test('is explained in the documentation', () => {
    const heading = docs
      .split('\n')
      .find((line) => line.startsWith('### ') && line.includes(`\`${name.split('.')[0]}\``));
    expect(heading).toBeDefined();
    const field = name.split('.')[1];
    if (field !== undefined) expect(section(name.split('.')[0] ?? '')).toContain(`\`${field}\``);
  });
});

test('lists and groups are there without an entry', () => {
  for (const name of lists) expect(manifest.options[name]).toEqual([]);
  for (const name of groups) expect(mapping(manifest.options[name])).toBe(true);
});

const docs = text('ha-addon/DOCS.md');

/** What the documentation says of an option. */
function section(name: string): string {
  const start = docs.split('\n').findIndex((line) => line.startsWith('### ') && line.includes(`\`${name}\``));
  return (
    docs
      .split('\n')
      .slice(start)
      .join('\n')
      .split(/\n##+ /)[0] ?? ''
  );
}

interface Words {
  readonly name: string;
  readonly description: string;
  readonly fields?: Readonly<Record<string, Words>>;
}

function translation(language: string): Record<string, Words> {
  return parse(text(`ha-addon/translations/${language}.yaml`)).configuration;
}

function wordsOf(language: string, name: string): Words | undefined {
  const [first = '', field] = name.split('.');
  const all = translation(language)[first];
  return field === undefined ? all : all?.fields?.[field];
}

describe.each(['en', 'de'])('the translation %s', (language) => {
  test('has all options in the same order and nothing else', () => {
    expect(Object.keys(parse(text(`ha-addon/translations/${language}.yaml`)))).toEqual(['configuration']);
    expect(Object.keys(translation(language))).toEqual(Object.keys(manifest.schema));
    for (const [name, of] of Object.entries(manifest.schema)) {
      expect(Object.keys(translation(language)[name]?.fields ?? {})).toEqual(Object.keys(fieldsOf(of)));
    }
  });

  test.each([...Object.keys(types), ...lists, ...groups])('has a name and a description of %s', (name) => {
    const { name: title, description, ...others } = wordsOf(language, name) ?? {};
    expect(title).toMatch(/^\p{Lu}/u);
    expect(description).toMatch(/[.]$/);
    expect(Object.keys(others)).toEqual(typeof manifest.schema[name] === 'object' ? ['fields'] : []);
  });
});

test('what the documentation calls an option is its name in the form', () => {
  const headings = [...docs.matchAll(/^### `(\w+)` \((.*)\)$/gm)];
  expect(headings.length).toBeGreaterThan(5);
  for (const [, name = '', called = ''] of headings)
    expect(called).toBe(translation('en')[name]?.name.replace(/ \(A\)$/, ''));
});

test('every default belongs to an option', () => {
  expect([...Object.keys(types), ...lists]).toEqual(expect.arrayContaining(Object.keys(defaults)));
});

describe('text options', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    [
      'serial_path',
      ['/dev/serial/by-path/pci-0', '/dev/ttyUSB0', 'tcp://192.168.1.20:8899', 'tcp://[fe80::1]:8899', 'tcp://gate:23'],
      ['ttyUSB0', 'tcp://gate', 'simulator', 'COM3', '/etc/passwd', ' /dev/ttyUSB0'],
    ],
    [
      'mqtt.host',
      ['192.168.1.10', 'broker.local', 'core-mosquitto', '[fe80::1]'],
      ['mqtt://broker', 'broker:1883', 'me@broker', 'a b', 'broker/x', 'fe80::1'],
    ],
    [
      'expert.topic_prefix',
      ['TWC', 'home/garage', 'Ladestation-Süd'],
      ['/TWC', '$SYS', 'TWC/', 'T C', 'a+', 'a/#', 'x'.repeat(101)],
    ],
    ['chargers.id', ['1A2B', '0012', '1a2b'], ['', '1A2', '1A2BC', 'GGGG']],
    ['vehicles.vin', ['5YJ3E1EA2KF000317', 'lrw3e7ek4nc000001'], ['', '5YJ3', '5YJ3E1EA2KF00031O']],
  ])('%s takes what can be right and nothing else', (name, good, bad) => {
    const type = types[name] ?? '';
    expect(good.filter((value) => !accepts(type, value))).toEqual([]);
    expect(bad.filter((value) => accepts(type, value))).toEqual([]);
  });
});

describe('the option table and the options', () => {
  test('are the same settings', () => {
    const covered = [...Object.keys(renamed), ...Object.values(combined).flat()];
    expect(covered.sort()).toEqual(
      Object.keys(types)
        .filter((name) => !isInList(name))
        .sort(),
    );
    const entries = Object.entries(listed).flatMap(([name, { key, fields }]) =>
      [key, ...(typeof fields === 'string' ? [fields] : Object.keys(fields))].map((field) => `${name}.${field}`),
    );
    expect(entries.sort()).toEqual(Object.keys(types).filter(isInList).sort());
  });

  test('differ only in settings that an app does not need, or that it has from Home Assistant', () => {
    const covered: string[] = [
      ...Object.values(renamed),
      ...Object.keys(combined),
      ...Object.values(listed).map(({ path }) => path),
    ];
    expect(Object.keys(table).filter((path) => !covered.includes(path))).toEqual([
      'interface.id',
      'config.energyUnit',
      'control.relay',
      'status.MQTT.ratelimitOverrides',
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
    const type = types[name] ?? '';
    expect(defaults[name] ?? '').toEqual(appDefaults[path] ?? value);
    if (check.choices) expect(element(type)).toMatchObject({ kind: 'list', of: check.choices.join('|') });
    if (check.bounds) {
      expect(['int', 'float']).toContain(element(type).kind);
      expect(bounds(type)).toEqual(check.bounds);
    }
  });

  test('say the same bounds of amps to owners', () => {
    const amps = Object.entries(renamed).filter(([name]) => name.includes('amps'));
    expect(amps).toHaveLength(4);
    for (const [name, path] of amps) {
      const [least, most] = table[path].check.bounds ?? [];
      expect(table[path].default).toBe(6);
      expect(wordsOf('en', name)?.description).toContain(`rom ${least} to ${most}`);
      expect(wordsOf('de', name)?.description).toContain(`${least} bis ${most}`);
      expect(section(name.split('.')[0] ?? '')).toContain(`${least} to ${most} A, at first 6.`);
    }
  });
});
