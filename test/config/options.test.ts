// The option table against itself and against the configuration that is shipped.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/load.ts';
import { type Option, options } from '../../src/config/options.ts';
import { accept } from '../../src/schema.ts';

const rows = Object.entries<Option<unknown>>(options as Record<string, Option<unknown>>);

describe.each(rows)('%s', (_, row) => {
  test('has a default that its own check accepts', () => {
    expect(accept(row.check, row.default)).toBeDefined();
  });

  test('is described in plain words', () => {
    expect(row.help).not.toBe('');
    expect(row.check.expected).not.toBe('');
    expect(row.help).not.toMatch(/[.|\n]$/);
  });

  test('refuses what is of another kind altogether', () => {
    for (const strange of [[], Symbol.iterator, () => 6]) expect(accept(row.check, strange)).toBeUndefined();
  });

  test('is accepted at its bounds and at none beyond them', () => {
    if (!row.check.bounds) return;
    const [least, most] = row.check.bounds;
    expect([least, most].map((one) => accept(row.check, one))).toEqual([least, most]);
    for (const beyond of [least - 1, most + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(accept(row.check, beyond)).toBeUndefined();
    }
  });
});

test('no default is above 6 A', () => {
  const amps = rows.filter(([path]) => /amps/i.test(path)).map(([, row]) => row.default);
  expect(amps.length).toBeGreaterThan(2);
  expect(new Set(amps)).toEqual(new Set([6]));
});

test('only the password is a secret', () => {
  expect(rows.filter(([, row]) => row.secret).map(([path]) => path)).toEqual(['status.MQTT.password']);
});

describe('the configuration that is shipped', () => {
  const source = readFileSync(new URL('../../config.yaml', import.meta.url), 'utf8');

  test('is accepted, and runs simulated chargers on a broker of its own', () => {
    expect(parseConfig(source, 'config.yaml')).toMatchObject({
      'interface.port': { type: 'simulator' },
      'status.MQTT.broker': { type: 'embedded' },
      'config.maxAmpsForSlaves': 32,
    });
  });

  test('says nothing but defaults and that there is a page, so that its lines can be read as their documentation', () => {
    const page = { 'page.listen': { type: 'address', host: '127.0.0.1', port: 8099 } };
    expect(parseConfig(source, 'config.yaml')).toEqual({ ...parseConfig('', 'config.yaml'), ...page });
  });

  test('gives real chargers 6 A when the port is changed', () => {
    const real = parseConfig(source.replace('port: simulator', 'port: /dev/ttyUSB0'), 'config.yaml');
    expect([real['config.maxAmpsForSlaves'], real['config.maxAmpsPerTWC']]).toEqual([6, 6]);
  });

  test('names the settings that owners change', () => {
    const lines = source.replaceAll(/^(\s*)# (?=\w+: )/gm, '$1');
    expect(parse(lines)).toEqual({
      interface: { port: 'simulator', mode: 'master' },
      config: { maxAmpsForSlaves: 6, maxAmpsPerTWC: 6, minAmpsPerTWC: 6 },
      status: { MQTT: { broker: 'embedded', username: '', password: '', topicPrefix: 'TWC', ratelimit: 60 } },
      homeassistant: { discovery: 'entity', discoveryPrefix: 'homeassistant' },
      page: { listen: '127.0.0.1:8099' },
      log: { level: 'info' },
    });
  });

  test('has examples of names that are accepted as they stand', () => {
    const named = source.replaceAll(/^# (?=chargers:|vehicles:| {2})/gm, '');
    expect(parseConfig(named, 'config.yaml')).toMatchObject({
      chargers: { '1A2B': { name: 'Garage left', maxAmps: 16 } },
      vehicles: { '5YJ3E1EA2KF000317': 'Red Model 3' },
    });
  });

  test('is nothing that Home Assistant takes for an app, and holds no secret', () => {
    const content = parse(source);
    expect(Object.keys(content)).not.toContain('name');
    expect(content.status.MQTT).toMatchObject({ username: '', password: '' });
  });
});
