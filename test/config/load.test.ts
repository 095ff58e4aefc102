// The configuration: what is accepted, and what an owner reads who got it wrong.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/accepted.ts';
import { loadConfig, parseConfig, statePath } from '../../src/config/load.ts';
import type { OptionPath } from '../../src/config/options.ts';

const realPort = 'interface:\n  port: /dev/ttyUSB0\n';
const real = parseConfig(realPort, 'config.yaml');

describe('without a setting', () => {
  test('chargers are simulated and get 32 A, where nothing can burn', () => {
    const simulated = parseConfig('', 'config.yaml');
    expect(simulated).toEqual({
      ...real,
      'interface.port': { type: 'simulator', name: 'simulator' },
      'config.maxAmpsForSlaves': 32,
      'config.maxAmpsPerTWC': 32,
    });
    expect(parseConfig('config:\nstatus:\n  MQTT:\n    username:\nchargers:\n', 'config.yaml')).toEqual(simulated);
  });

  test('real chargers get 6 A', () => {
    expect(real).toMatchObject({
      'interface.port': { type: 'serial', name: '/dev/ttyUSB0' },
      'config.maxAmpsForSlaves': 6,
      'config.maxAmpsPerTWC': 6,
    });
  });
});

test.each<[OptionPath, string, unknown]>([
  ['interface.port', '/dev/serial/by-id/usb-FTDI', { type: 'serial', name: '/dev/serial/by-id/usb-FTDI' }],
  ['interface.port', '/dev/serial/by-id/', { type: 'folder', name: '/dev/serial/by-id/' }],
  ['interface.port', 'com3', { type: 'serial', name: 'COM3' }],
  ['interface.port', 'tcp://gate:8899', { type: 'tcp', name: 'tcp://gate:8899', host: 'gate', port: 8899 }],
  ['interface.port', 'socket://gate:8899', { type: 'tcp', name: 'tcp://gate:8899', host: 'gate', port: 8899 }],
  ['interface.port', '"tcp://[fd00::20]:23"', { type: 'tcp', name: 'tcp://[fd00::20]:23', host: 'fd00::20', port: 23 }],
  ['interface.mode', 'listen', 'listen'],
  ['interface.id', '"1234"', '1234'],
  ['config.maxAmpsForSlaves', '40', 40],
  ['config.energyUnit', 'Wh', 'Wh'],
  ['status.MQTT.broker', 'mqtts://a:8883', { type: 'urls', name: 'mqtts://a:8883', urls: ['mqtts://a:8883'] }],
  ['status.MQTT.broker', 'mqtt://a', { type: 'urls', name: 'mqtt://a', urls: ['mqtt://a'] }],
  [
    'status.MQTT.broker',
    '[mqtt://a, mqtts://b:1]',
    { type: 'urls', name: 'mqtt://a, mqtts://b:1', urls: ['mqtt://a', 'mqtts://b:1'] },
  ],
  ['status.MQTT.broker', 'embedded', { type: 'embedded', name: 'embedded', port: 1883 }],
  ['status.MQTT.broker', 'embedded:18830', { type: 'embedded', name: 'embedded:18830', port: 18830 }],
  ['status.MQTT.password', '"p@ss: word#"', 'p@ss: word#'],
  ['status.MQTT.topicPrefix', 'home/garage', 'home/garage'],
  ['status.MQTT.ratelimit', '0', 0],
  ['status.MQTT.ratelimit', '0.5', 0.5],
  ['status.MQTT.ratelimitOverrides', '{ state: 0, all/totalAmpsInUse: 10 }', { state: 0, 'all/totalAmpsInUse': 10 }],
  ['status.MQTT.version', '5', '5'],
  ['status.MQTT.version', '3.1.1', '3.1.1'],
  ['homeassistant.discovery', 'off', 'off'],
  ['page.listen', '""', { type: 'nowhere' }],
  ['page.listen', '127.0.0.1:8099', { type: 'address', host: '127.0.0.1', port: 8099 }],
  ['page.listen', '"[::1]:8099"', { type: 'address', host: '::1', port: 8099 }],
  ['page.listen', 'garage.local:80', { type: 'address', host: 'garage.local', port: 80 }],
  ['vehicles', '{ 5yj3e1ea2kf000317: Red }', { '5YJ3E1EA2KF000317': 'Red' }],
  ['sessions.pricePerKWh', '0.32', 0.32],
  ['log.level', 'debug', 'debug'],
])('%s: %s is accepted', (path, text, value) => {
  expect(parseConfig(yaml(path, text), 'config.yaml')[path]).toEqual(value);
});

describe('a wrong value is told with its place, what was expected and what came', () => {
  test.each<[OptionPath, string, string]>([
    ['interface.port', 'ttyUSB0', 'the whole path of a serial device, such as /dev/ttyUSB0, got "ttyUSB0"'],
    ['interface.port', 'tcp://host', 'tcp://host:port with a port from 1 to 65535, got "tcp://host"'],
    ['interface.mode', 'slave', 'one of master, listen, got "slave"'],
    ['interface.id', '"00C0"', 'four upper-case hex digits without 0000, FFFF, C0 and DB, got "00C0"'],
    ['interface.id', '"FFFF"', 'four upper-case hex digits without 0000, FFFF, C0 and DB, got "FFFF"'],
    [
      'interface.id',
      '7777',
      'four upper-case hex digits without 0000, FFFF, C0 and DB, got 7777; put it in quotes: id: "7777"',
    ],
    ['config.maxAmpsForSlaves', '5', 'a whole number from 6 to 240, got 5'],
    ['config.maxAmpsPerTWC', '200', 'a whole number from 6 to 80, got 200'],
    ['config.maxAmpsPerTWC', '16.5', 'a whole number from 6 to 80, got 16.5'],
    [
      'config.maxAmpsPerTWC',
      '"16"',
      'a whole number from 6 to 80, got "16"; write the number alone: maxAmpsPerTWC: 16',
    ],
    [
      'status.MQTT.broker',
      'broker.local',
      'an address with mqtt:// before it, such as mqtt://broker.local, got "broker.local"',
    ],
    [
      'status.MQTT.broker',
      'embedded:0',
      'mqtt://host:1883, mqtts://host:8883, a list of such addresses, embedded or embedded:PORT, got "embedded:0"',
    ],
    ['status.MQTT.ratelimit', '-1', 'a number from 0 to 86400, got -1'],
    ['status.MQTT.ratelimit', '.nan', 'a number from 0 to 86400, got null'],
    ['page.listen', '8099', 'nothing, or host:port such as 127.0.0.1:8099, got 8099; write listen: 127.0.0.1:8099'],
    [
      'page.listen',
      'http://127.0.0.1:8099',
      'nothing, or host:port such as 127.0.0.1:8099, got "http://127.0.0.1:8099"; write listen: 127.0.0.1:8099',
    ],
    ['page.listen', '127.0.0.1:0', 'nothing, or host:port such as 127.0.0.1:8099, got "127.0.0.1:0"'],
    ['homeassistant.discovery', 'yes', 'one of entity, device, off, got "yes"'],
  ])('%s: %s', (path, text, expected) => {
    const [line, column] = [path.split('.').length, path];
    expect(problems(yaml(path, text))).toEqual([`config.yaml:${line}: ${column}: expected ${expected}`]);
  });

  test('a limit for a topic that there is not', () => {
    const [problem] = problems(yaml('status.MQTT.ratelimitOverrides', '{ volts: 0 }'));
    expect(problem).toMatch(
      /^config\.yaml:3: status\.MQTT\.ratelimitOverrides\.volts: expected a topic .* such as state or all\/totalAmpsInUse, got "volts"$/,
    );
  });

  test.each(['TWC+', 'TWC/#', 'T WC', '/TWC', 'TWC/', '$SYS', '""', '"a\\nb"', `${'x'.repeat(101)}`])(
    'the topic prefix %s',
    (prefix) => {
      for (const path of ['status.MQTT.topicPrefix', 'homeassistant.discoveryPrefix'] as const) {
        expect(problems(yaml(path, prefix))).toHaveLength(1);
      }
    },
  );
});

describe('what is said of single chargers', () => {
  test('is found by their ids, in whatever way YAML understands these', () => {
    const source = `chargers:
  1A2B: { name: Garage left, maxAmps: 16, calibration: 0.95 }
  "3c4d": { volts: 230, phases: 3 }
  1234: { maxAmps: 10 }
  1E10: {}
`;
    expect(parseConfig(source, 'config.yaml').chargers).toEqual({
      '1A2B': { name: 'Garage left', maxAmps: 16, calibration: 0.95 },
      '3C4D': { volts: 230, phases: 3 },
      '1234': { maxAmps: 10 },
      '1E10': {},
    });
  });

  test.each([
    ['chargers: { 1A2B: { maxAmps: 200 } }', 'chargers.1A2B.maxAmps: expected a whole number from 6 to 80, got 200'],
    ['chargers: { 1A2B: { phases: 4 } }', 'chargers.1A2B.phases: expected a whole number from 1 to 3, got 4'],
    ['chargers: { 1A2B: { calibration: 2 } }', 'chargers.1A2B.calibration: expected a number from 0.9 to 1.1, got 2'],
    ['chargers: { Garage: {} }', 'chargers.Garage: expected four hex digits such as 1A2B, got "Garage"'],
    ['chargers: { 1A2B: {}, 1a2b: {} }', 'chargers.1a2b: expected each name once, got "1a2b"'],
    ['chargers: { 1A2B: { maxAmp: 16 } }', /^chargers\.1A2B\.maxAmp: expected one of name, maxAmps, .*got "maxAmp"$/],
    ['vehicles: { Red: Red }', 'vehicles.Red: expected a VIN of 17 letters and digits, got "Red"'],
    ['vehicles: { 5YJ3E1EA2KF000317: "" }', /^vehicles\.5YJ3E1EA2KF000317: expected a name of at most 50/],
  ])('%s is refused', (source, wanted) => {
    const [problem = '', ...others] = problems(source).map((line) => line.replace('config.yaml:1: ', ''));
    expect(others).toEqual([]);
    if (typeof wanted === 'string') expect(problem).toBe(wanted);
    else expect(problem).toMatch(wanted);
  });

  test('a problem is told with the line in which it is', () => {
    expect(problems('chargers:\n  1A2B:\n    name: left\n    maxAmps: 5\n')).toEqual([
      'config.yaml:4: chargers.1A2B.maxAmps: expected a whole number from 6 to 80, got 5',
    ]);
  });
});

describe('amps that contradict each other', () => {
  test.each<[string, string[]]>([
    [
      'config:\n  maxAmpsForSlaves: 40\n  maxAmpsPerTWC: 10\n  minAmpsPerTWC: 12\n',
      ['config.yaml:4: config.minAmpsPerTWC: expected at most config.maxAmpsPerTWC (10), got 12'],
    ],
    [
      `${realPort}config:\n  minAmpsPerTWC: 12\n`,
      [
        'config.yaml:4: config.minAmpsPerTWC: expected at most config.maxAmpsPerTWC (6), got 12',
        'config.yaml:4: config.minAmpsPerTWC: expected at most config.maxAmpsForSlaves (6), got 12',
      ],
    ],
  ])('%j', (source, wanted) => {
    expect(problems(source)).toEqual(wanted);
  });
});

describe('a setting that there is not', () => {
  test.each([
    [
      'config:\n  maxAmpsPerTwc: 16\n',
      'config.yaml:2: config.maxAmpsPerTwc: unknown setting, did you mean config.maxAmpsPerTWC?',
    ],
    [
      'maxAmpsPerTWC: 16\n',
      'config.yaml:1: maxAmpsPerTWC: unknown setting, did you mean config.maxAmpsPerTWC? "maxAmpsPerTWC:" stands below "config:", with two spaces before it',
    ],
    ['status:\n  mqtt:\n    broker: x\n', 'config.yaml:2: status.mqtt: unknown setting, did you mean status.MQTT?'],
    [
      'status:\n  MQTT:\n    rateLimit: 5\n',
      'config.yaml:3: status.MQTT.rateLimit: unknown setting, did you mean status.MQTT.ratelimit?',
    ],
    ['interfase:\n  port: simulator\n', 'config.yaml:1: interfase: unknown setting, did you mean interface?'],
  ])('%j names the nearest', (source, wanted) => {
    expect(problems(source)).toEqual([wanted]);
  });
});

test('all problems come at once', () => {
  const source = `interface:
  port: nowhere
  speed: 9600
config:
  maxAmpsForSlaves: lots
  minAmpsPerTWC: 3
log:
  level: loud
`;
  expect(problems(source).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'config.yaml:3: interface.speed:',
    'config.yaml:2: interface.port:',
    'config.yaml:5: config.maxAmpsForSlaves:',
    'config.yaml:6: config.minAmpsPerTWC:',
    'config.yaml:8: log.level:',
  ]);
});

test.each<[string, string[]]>([
  ['interface: {mode: [listen]}\n', ['config.yaml:1: interface.mode: expected one of master, listen, got ["listen"]']],
  [
    'config.maxAmpsForSlaves: 16\n',
    [
      'config.yaml:1: config.maxAmpsForSlaves: expected a line for each part: "config:" and below it "maxAmpsForSlaves:" with two spaces before it',
    ],
  ],
  ['- a\n- b\n', ['config.yaml:1: expected settings such as "interface:", got a list']],
  ['simulator\n', ['config.yaml:1: expected settings such as "interface:", got text']],
  [
    'interface: simulator\n',
    [
      'config.yaml:1: interface: expected its settings (port, mode, id, askPlugState) in the lines below, each with two spaces more before it, got text',
    ],
  ],
  ['log:\n  level: info\n  level: debug\n', ['config.yaml:3: log.level: stands twice, first in line 2']],
  ['log:\n  level: *nobody\n', ['config.yaml:2: put a value that begins with * in quotes']],
  ['log: &a\n  level: *a\n', ['config.yaml:2: put a value that begins with * in quotes']],
])('a file that is no mapping of settings: %j', (source, wanted) => {
  expect(problems(source)).toEqual(wanted);
});

test.each(['interface:\n\tport: simulator\n', 'log: {\n', 'log: "\n', '? ['])(
  'a file that is no YAML: %j',
  (source) => {
    expect(problems(source).length).toBeGreaterThan(0);
    for (const line of problems(source)) expect(line).toMatch(/^config\.yaml:\d+: not valid YAML: [a-z]/);
  },
);

describe('a password', () => {
  const secret = 'xyzzy47';

  test.each([
    '4711',
    'true',
    `{ a: ${secret} }`,
    `"${secret}`,
    `'${secret}`,
    `@${secret}`,
    `%${secret}`,
    `\`${secret}`,
    `{${secret}`,
    `a: ${secret}: b`,
    `'a' ${secret}`,
  ])('written as %s is never shown', (text) => {
    expect(problems(yaml('status.MQTT.password', text)).join('\n')).not.toMatch(/xyzzy47|4711/);
  });

  test('is not shown when something else is wrong', () => {
    const found = problems(`status:\n  MQTT:\n    passwort: ${secret}\n    password: ${secret}\n    ratelimit: x\n`);
    expect(found).toHaveLength(2);
    expect(found.join('\n')).not.toContain(secret);
  });

  test('in the address of the broker is refused, since addresses are logged', () => {
    expect(problems(yaml('status.MQTT.broker', 'mqtt://me:secret@host'))).toHaveLength(1);
  });
});

test('whatever the text, the answer is a configuration or a ConfigError', () => {
  const words = fc.constantFrom(
    'interface',
    'port',
    'status',
    'MQTT',
    'password',
    ': ',
    ':',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '6',
    '&a',
    '*a',
    '|',
    '>',
    '\t',
    '!x',
    '---',
    '?',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((some) => some.join('')),
      ),
      (source) => {
        try {
          parseConfig(source, 'config.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a file is read, and one that cannot be is said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
  const file = join(folder, 'garage.yaml');
  try {
    await expect(loadConfig(file)).rejects.toThrow(`${file}: expected a configuration file, but there is no such file`);
    await writeFile(file, 'log:\n  level: debug\n');
    expect((await loadConfig(file)).config['log.level']).toBe('debug');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['/etc/twc/garage.yaml', '', '/etc/twc/twc2mqtt-garage.state.json'],
  ['config.yaml', '', 'twc2mqtt-config.state.json'],
  ['config.yaml', '/data/state.json', '/data/state.json'],
])('%s with the state path "%s" remembers chargers in %s', (file, path, wanted) => {
  expect(statePath({ ...real, 'state.path': path }, file)).toBe(wanted);
});

function problems(source: string): readonly string[] {
  try {
    parseConfig(source, 'config.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** One setting as YAML: each part of its path on a line of its own. */
function yaml(path: OptionPath, value: string): string {
  const parts = path.split('.');
  return `${parts.map((part, i) => `${'  '.repeat(i)}${part}:`).join('\n')} ${value}\n`;
}
