// Mistakes that owners make, and the sentence that a helpful person would say.

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/accepted.ts';
import { type Environment, variable } from '../../src/config/environment.ts';
import { statePathProblem } from '../../src/config/files.ts';
import { loadConfig } from '../../src/config/load.ts';
import { options } from '../../src/config/options.ts';
import { createFolder } from '../system/folder.ts';

/** What is said of a file with this content, without its name. */
async function problemsOf(content: string | Uint8Array, environment: Environment = {}): Promise<readonly string[]> {
  await using folder = await createFolder();
  const file = folder.file('config.yaml');
  await writeFile(file, content);
  return await said(() => loadConfig(file, environment), folder.path);
}

async function said(load: () => Promise<unknown>, folder: string): Promise<readonly string[]> {
  try {
    await load();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => problem.replaceAll(`${folder}/`, '').replaceAll(folder, '.'));
  }
}

const mqtt = (line: string) => `status:\n  MQTT:\n    ${line}\n`;

describe('a value that is written so that it says something else', () => {
  test.each<[string, string]>([
    [
      mqtt('password: #secret'),
      '3: status.MQTT.password: what follows a # is a comment; put the whole value in quotes: password: "#…"',
    ],
    [
      mqtt('password: pass #word'),
      '3: status.MQTT.password: what follows a # is a comment; put the whole value in quotes: password: "…#…"',
    ],
    [
      mqtt('topicPrefix: #home'),
      '3: status.MQTT.topicPrefix: what follows a # is a comment; put the whole value in quotes: topicPrefix: "#…"',
    ],
    [
      'config:\n  maxAmpsForSlaves:\n',
      '2: config.maxAmpsForSlaves: expected a whole number from 6 to 240, got nothing; write for example "maxAmpsForSlaves: 6", or leave the line out',
    ],
    [
      'log:\n  level: # quiet\n',
      '2: log.level: expected one of error, warn, info, debug, got nothing; write for example "level: info", or leave the line out',
    ],
    [
      'config:\n  maxAmpsForSlaves: 32A\n',
      '2: config.maxAmpsForSlaves: expected a whole number from 6 to 240, got "32A"; write the number alone: maxAmpsForSlaves: 32',
    ],
    [
      'config:\n  maxAmpsForSlaves: "32"\n',
      '2: config.maxAmpsForSlaves: expected a whole number from 6 to 240, got "32"; write the number alone: maxAmpsForSlaves: 32',
    ],
    [
      'interface:\n  mode: Listen\n',
      '2: interface.mode: expected one of master, listen, got "Listen"; write mode: listen',
    ],
    [mqtt('password: 471108'), '3: status.MQTT.password: expected text, got a number; put it in quotes: password: "…"'],
    [
      mqtt('password: true'),
      '3: status.MQTT.password: expected text, got true or false; put it in quotes: password: "…"',
    ],
    [mqtt('password: &geheim'), '3: put a value that begins with & in quotes'],
    [mqtt('password: !geheim'), '3: put a value that begins with ! in quotes'],
    ['control:\n  relay: yes\n', '2: control.relay: expected true or false, got "yes"; write relay: true'],
    ['control:\n  relay: 0\n', '2: control.relay: expected true or false, got 0; write relay: false'],
    [
      'control:\n  leaseSeconds: 5 min\n',
      '2: control.leaseSeconds: expected a whole number from 0 to 86400, got "5 min"; in seconds that is leaseSeconds: 300',
    ],
    [
      mqtt('ratelimit: 1 h'),
      '3: status.MQTT.ratelimit: expected a number from 0 to 86400, got "1 h"; in seconds that is ratelimit: 3600',
    ],
    [
      'config:\n  maxAmpsForSlaves: 11 kW\n',
      '2: config.maxAmpsForSlaves: expected a whole number from 6 to 240, got "11 kW"',
    ],
    [
      'sessions:\n  pricePerKWh: 0,31\n',
      '2: sessions.pricePerKWh: expected a number from 0 to 1000, got "0,31"; write a point, not a comma: pricePerKWh: 0.31',
    ],
    [
      'sessions:\n  pricePerKWh: 0.31 EUR\n',
      '2: sessions.pricePerKWh: expected a number from 0 to 1000, got "0.31 EUR"; write the number alone: pricePerKWh: 0.31',
    ],
    [
      'log:\n  level: debugg\n',
      '2: log.level: expected one of error, warn, info, debug, got "debugg"; did you mean debug?',
    ],
    [
      'interface:\n  id: ab12\n',
      '2: interface.id: expected four upper-case hex digits without 0000, FFFF, C0 and DB, got "ab12"; write id: AB12',
    ],
    [
      'interface:\n  id: 12e4\n',
      '2: interface.id: expected four upper-case hex digits without 0000, FFFF, C0 and DB, got 120000',
    ],
    [
      'page:\n  listen: :8099\n',
      '2: page.listen: expected nothing, or host:port such as 127.0.0.1:8099, got ":8099"; write listen: 127.0.0.1:8099',
    ],
    [
      mqtt('topicPrefix: /my house/'),
      '3: status.MQTT.topicPrefix: expected text without spaces, +, # and control characters, not starting with / or $ and not ending with /, got "/my house/"; write topicPrefix: my_house',
    ],
    [
      'chargers:\n  - id: 1A2B\n',
      '1: chargers: expected ids of chargers in the lines below, such as "1A2B: { name: Garage left, maxAmps: 16 }", got [{"id":"1A2B"}]',
    ],
    [
      'chargers:\n  1A2B: Garage\n',
      '2: chargers.1A2B: expected what is known of this charger, such as { name: Garage left, maxAmps: 16 }, got "Garage"',
    ],
    [
      mqtt('ratelimitOverrides: [state]'),
      '3: status.MQTT.ratelimitOverrides: expected topics and seconds in the lines below, such as "state: 0", got ["state"]',
    ],
    [
      mqtt('topicPrefix: 12'),
      '3: status.MQTT.topicPrefix: expected text without spaces, +, # and control characters, not starting with / or $ and not ending with /, got 12; put it in quotes: topicPrefix: "12"',
    ],
  ])('%j', async (source, problem) => {
    expect(await problemsOf(source)).toEqual([`config.yaml:${problem}`]);
  });
});

describe('lines that do not stand where they should', () => {
  test.each<[string, string | RegExp]>([
    [
      'interface:\nport: /dev/ttyUSB0\n',
      '2: port: unknown setting, did you mean interface.port? "port:" stands below "interface:", with two spaces before it',
    ],
    [
      'ratelimit: 5\n',
      '1: ratelimit: unknown setting, did you mean status.MQTT.ratelimit? "ratelimit:" stands below "status:" and "MQTT:", with four spaces before it',
    ],
    [
      'chargers:\n1A2B:\n  name: Garage\n',
      '2: 1A2B: unknown setting; it stands below "chargers:", with two spaces before it',
    ],
    [
      'vehicles:\n5YJ3E1EA2KF000317: Red\n',
      '2: 5YJ3E1EA2KF000317: unknown setting; it stands below "vehicles:", with two spaces before it',
    ],
    [
      'colour: red\n',
      '1: colour: unknown setting; there are interface, config, chargers, vehicles, control, status, homeassistant, page, sessions, log, state',
    ],
    ['interface:\n  port /dev/ttyUSB0\n', '1: interface: in "port…" a colon and a space are missing after the name'],
    ['interface:\n  port=/dev/ttyUSB0\n', '1: interface: in "port…" a colon and a space are missing after the name'],
    ['log: debug\n', /^1: log: expected its settings \(level\) in the lines below/],
    [
      'interface:\n  port: simulator\n    mode: listen\n',
      '2: not valid YAML: the next line begins further to the right; settings of one group begin in the same column',
    ],
    [
      mqtt("password: 'it's me'"),
      "3: not valid YAML: a ' ends a value that began with one; put the value in double quotes",
    ],
    [mqtt('password: [geheim\nlog:'), /or a bracket above it is not closed$/],
    ['interface:\n  port:simulator\n', '1: interface: in "port:…" a space is missing after the colon'],
    [mqtt('password:geheim'), '2: status.MQTT: in "password:…" a space is missing after the colon'],
    [
      'interface:\n  - port: /dev/ttyUSB0\n',
      '1: interface: expected its settings (port, mode, id, askPlugState) in the lines below, each with two spaces more before it, got a list',
    ],
    [
      'interface.port: /dev/ttyUSB0\n',
      '1: interface.port: expected a line for each part: "interface:" and below it "port:" with two spaces before it',
    ],
    ['log:\n  level: info\nlog:\n  level: debug\n', '3: log: stands twice, first in line 1'],
    ['interface:\n\tport: simulator\n', '2: not valid YAML: a tab at the beginning of the line; use spaces'],
    [
      'interface:\n  port: simulator\n mode: listen\n',
      /^3: not valid YAML: this line does not begin in the same column/,
    ],
    ['interface:\n  port: "simulator\n', /not valid YAML: a closing quote or bracket is missing/],
    ['log: level: info\n', /not valid YAML: two colons in one line/],
    [mqtt('password: @home'), /not valid YAML: put a value that begins with a special character/],
    [mqtt('password: *home'), '3: put a value that begins with * in quotes'],
    ['log:\n\u00A0\u00A0level: info\n', /^2: a space at the beginning of this line is not a plain space/],
  ])('%j', async (source, problem) => {
    const [first = ''] = await problemsOf(source);
    if (typeof problem === 'string') expect(first).toBe(`config.yaml:${problem}`);
    else expect(first.replace('config.yaml:', '')).toMatch(problem);
  });
});

describe('an address', () => {
  test.each([
    [
      'mqtt://me:geheim@host',
      'expected an address without a name and a password (put these into status.MQTT.username and status.MQTT.password), got "mqtt://…@host"',
    ],
    [
      'mqtt://me:ge/h@eim@host',
      'expected an address without a name and a password (put these into status.MQTT.username and status.MQTT.password), got "mqtt://…@host"',
    ],
    ['192.168.1.10', 'expected an address with mqtt:// before it, such as mqtt://192.168.1.10, got "192.168.1.10"'],
    ['host:1883', 'expected an address with mqtt:// before it, such as mqtt://host:1883, got "host:1883"'],
    ['tcp://host:1883', 'expected an address such as mqtt://host:1883, got "tcp://host:1883"'],
    ['ssl://host:8883', 'expected an address such as mqtts://host:8883, got "ssl://host:8883"'],
    ['ws://host:9001', 'expected mqtt:// or mqtts:// (MQTT over WebSockets is not supported), got "ws://host:9001"'],
    [
      'mqtt://host:1883/mqtt',
      'expected an address that ends with the port, such as mqtt://host:1883, got "mqtt://host:1883/mqtt"',
    ],
    ['mqtt://host:99999', 'expected a port from 1 to 65535, got "mqtt://host:99999"'],
    ['mqtt://my host:1883', 'expected an address without spaces, got "mqtt://my host:1883"'],
    ['[]', 'expected from 1 to 16 addresses in a list, got []'],
  ])('of the broker: %s', async (broker, problem) => {
    expect(await problemsOf(mqtt(`broker: ${broker}`))).toEqual([`config.yaml:3: status.MQTT.broker: ${problem}`]);
  });

  test.each([
    ['tcp://me:geheim@host:8899', 'expected tcp://host:port without a name and a password, got "tcp://…@host:8899"'],
    ['tcp://host:70000', 'expected tcp://host:port with a port from 1 to 65535, got "tcp://host:70000"'],
    ['tcp://host:0', 'expected tcp://host:port with a port from 1 to 65535, got "tcp://host:0"'],
    ['rfc2217://host:2217', /^expected tcp:\/\/host:port of a serial server .*rfc2217:\/\/ is not supported.*9600n81/],
    [
      '192.168.1.5:4196',
      'expected a serial device such as /dev/serial/by-id/…, tcp://host:port or simulator, got "192.168.1.5:4196"; write port: tcp://192.168.1.5:4196',
    ],
    [
      'dev/ttyUSB0',
      'expected a serial device such as /dev/serial/by-id/…, tcp://host:port or simulator, got "dev/ttyUSB0"; write port: /dev/ttyUSB0',
    ],
    [
      '“/dev/ttyUSB0”',
      'expected a serial device such as /dev/serial/by-id/…, tcp://host:port or simulator, got "“/dev/ttyUSB0”"; write port: /dev/ttyUSB0',
    ],
    ['ttyUSB0', 'expected the whole path of a serial device, such as /dev/ttyUSB0, got "ttyUSB0"'],
  ])('of the chargers: %s', async (port, problem) => {
    const [found = '', ...others] = await problemsOf(`interface:\n  port: ${port}\n`);
    expect(others).toEqual([]);
    expect(found).not.toContain('geheim');
    const text = found.replace('config.yaml:2: interface.port: ', '');
    if (typeof problem === 'string') expect(text).toBe(problem);
    else expect(text).toMatch(problem);
  });
});

describe('settings that do not go together', () => {
  const real = 'interface: { port: /dev/ttyUSB0 }\n';
  test.each<[string, string]>([
    [
      `${real}config: { maxAmpsForSlaves: 10, maxAmpsPerTWC: 16 }\ncontrol: { safeAmps: 16 }\n`,
      '3: control.safeAmps: expected at most config.maxAmpsForSlaves (10), got 16',
    ],
    [
      `${real}config: { maxAmpsPerTWC: 16 }\nchargers: { 1A2B: { maxAmps: 20 } }\n`,
      '3: chargers.1A2B.maxAmps: expected at most config.maxAmpsPerTWC (16), got 20',
    ],
    [
      `${real}config: { maxAmpsForSlaves: 16, maxAmpsPerTWC: 16, minAmpsPerTWC: 8 }\nchargers: { 1A2B: { maxAmps: 6 } }\n`,
      '3: chargers.1A2B.maxAmps: expected at least config.minAmpsPerTWC (8), got 6: with less this charger would never charge a car',
    ],
    [
      mqtt('topicPrefix: homeassistant'),
      '3: status.MQTT.topicPrefix: expected a prefix apart from Home Assistant\'s own (homeassistant.discoveryPrefix, homeassistant), got "homeassistant"; TWC is a good one',
    ],
    [
      mqtt('topicPrefix: homeassistant/TWC'),
      '3: status.MQTT.topicPrefix: expected a prefix apart from Home Assistant\'s own (homeassistant.discoveryPrefix, homeassistant), got "homeassistant/TWC"; TWC is a good one',
    ],
    [
      'homeassistant: { discoveryPrefix: TWC/ha }\n',
      '1: status.MQTT.topicPrefix: expected a prefix apart from Home Assistant\'s own (homeassistant.discoveryPrefix, TWC/ha), got "TWC"; TWC is a good one',
    ],
    [
      mqtt('{ broker: mqtt://host, password: geheim }').replace('\n    {', ' {'),
      '2: status.MQTT.password: needs status.MQTT.username too: a broker takes no password without a name',
    ],
  ])('%j', async (source, problem) => {
    const found = await problemsOf(source);
    expect(found).toHaveLength(1);
    expect(found[0]?.replace('; TWC is a good one', '')).toBe(
      `config.yaml:${problem}`.replace('; TWC is a good one', ''),
    );
  });

  test('prefixes that only begin alike are apart', async () => {
    expect(await problemsOf(mqtt('topicPrefix: homeassistant2'))).toEqual([]);
  });
});

describe('a file of the encrypted connection', () => {
  const encrypted = (ca: string) => mqtt(`broker: mqtts://host\n    ca: ${ca}`);

  test('that is missing, a folder or no certificate is said to be', async () => {
    await using folder = await createFolder();
    const file = folder.file('config.yaml');
    await writeFile(folder.file('no.pem'), 'hello');
    await writeFile(folder.file('good.pem'), '-----BEGIN CERTIFICATE-----\n');
    const about = async (ca: string) => {
      await writeFile(file, encrypted(ca));
      return await said(() => loadConfig(file), folder.path);
    };
    const expected = 'config.yaml:4: status.MQTT.ca: expected a file with a certificate (PEM), got';
    expect(await about(folder.file('none.pem'))).toEqual([`${expected} "none.pem", but there is no such file`]);
    expect(await about(folder.path)).toEqual([`${expected} ".", but it is a folder`]);
    expect(await about(folder.file('no.pem'))).toEqual([`${expected} "no.pem", but it begins with no "-----BEGIN"`]);
    expect(await about(folder.file('good.pem'))).toEqual([]);
  });

  test('is of no use without encryption, and a certificate of none without its key', async () => {
    expect(await problemsOf(mqtt('broker: mqtt://host\n    ca: /x.pem'))).toEqual([
      'config.yaml:4: status.MQTT.ca: is only used with an encrypted connection (mqtts://), and this one is not',
    ]);
    expect(await problemsOf(mqtt('broker: mqtts://host\n    cert: /x.pem'))).toEqual([
      'config.yaml:4: status.MQTT.cert: needs status.MQTT.key too',
    ]);
  });
});

describe('a file that cannot be read', () => {
  test('because there is none', async () => {
    await using folder = await createFolder();
    expect(await said(() => loadConfig(folder.file('garage.yaml')), folder.path)).toEqual([
      'garage.yaml: expected a configuration file, but there is no such file in .',
    ]);
  });

  test('because it is a folder', async () => {
    await using folder = await createFolder();
    await mkdir(folder.file('twc'));
    expect(await said(() => loadConfig(folder.file('twc')), folder.path)).toEqual([
      'twc: expected a configuration file, but it is a folder; is it twc/config.yaml?',
    ]);
  });

  test('because this user may not', async () => {
    await using folder = await createFolder();
    await writeFile(folder.file('config.yaml'), '');
    await chmod(folder.file('config.yaml'), 0);
    const problems = await asOrdinaryUser(() => said(() => loadConfig(folder.file('config.yaml')), folder.path));
    expect(problems).toEqual(['config.yaml: expected a configuration file, but this user may not read it']);
  });

  test.each<[string, Uint8Array, string]>([
    [
      'UTF-16 with its mark',
      Buffer.from('\uFEFFlog:\n', 'utf16le'),
      ': is written in UTF-16 or is no text; save it as UTF-8 in your editor',
    ],
    [
      'UTF-16 without it',
      Buffer.from('log:\n', 'utf16le'),
      ': is written in UTF-16 or is no text; save it as UTF-8 in your editor',
    ],
    [
      'Latin-1',
      Buffer.from('log:\n  # für mich\n', 'latin1'),
      ':2: a letter here is not written in UTF-8; save the file as UTF-8 in your editor',
    ],
    ['something else', Buffer.alloc(100_000, 'a'), ': is 98 kB long, which is no configuration'],
  ])('because it is %s', async (_, content, problem) => {
    expect(await problemsOf(content)).toEqual([`config.yaml${problem}`]);
  });
});

test('many settings that there are not are told at once, and not all of them', async () => {
  const source = Array.from({ length: 2_500 }, (_, i) => `key${i}: 1\n`).join('');
  const found = await problemsOf(source);
  expect(found).toHaveLength(21);
  expect(found.at(-1)).toBe('config.yaml:21: and 2480 more unknown settings; is this the right file?');
});

test.each<[string, string, number, RegExp]>([
  ['wrong entries of one setting', `chargers:\n${lines(2_000, (i) => `  x${i}: {}`)}`, 11, /and 1990 more problems/],
  ['settings that stand twice', lines(3_000, () => 'log:'), 50, /stands twice/],
  ['values with a sign', lines(2_000, (i) => `a${i}: &a b`), 50, /begins with & in quotes/],
  ['brackets', '['.repeat(30_000), 1, /nested too deeply/],
])('%s are not all told', async (_, source, count, last) => {
  const found = await problemsOf(source);
  expect(found).toHaveLength(count);
  expect(found.at(-1)).toMatch(last);
});

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}

test('a configuration of TWCManager is known, and the command that takes it is named', async () => {
  const source = '{ "config": { "wiringMaxAmpsAllTWCs": 32 }, "status": { "MQTT": { "brokerIP": "10.0.0.2" } } }';
  const found = await problemsOf(source);
  expect(found.at(-1)).toMatch(/this is a configuration of TWCManager; ".* import FILE" makes one of ours from it$/);
});

test('where the state cannot be kept is said by check', async () => {
  await using folder = await createFolder();
  expect(await statePathProblem(folder.file('twc.state.json'))).toBeUndefined();
  expect(await statePathProblem(folder.path)).toMatch(/^state\.path: expected a file, got .*, but it is a folder$/);
  expect(await statePathProblem('/dev/full')).toMatch(/but it is no file but a device$/);
  expect(await statePathProblem(folder.file('none/twc.json'))).toMatch(/but there is no folder .*none$/);
});

describe('the names of TWCManager lead to the right settings', () => {
  test.each([
    ['config:\n  wiringMaxAmpsAllTWCs: 40\n', 'config.maxAmpsForSlaves'],
    ['config:\n  wiringMaxAmpsPerTWC: 40\n', 'config.maxAmpsPerTWC'],
    ['config:\n  rs485adapter: /dev/ttyUSB0\n', 'interface.port'],
    ['config:\n  fakeTWCID: "7777"\n', 'interface.id'],
    ['config:\n  fakeMaster: 1\n', 'interface.mode'],
    [mqtt('brokerIP: 192.168.1.10'), 'status.MQTT.broker'],
    ['wiringMaxAmpsAllTWCs: 40\n', 'config.maxAmpsForSlaves'],
  ])('%j: %s', async (source, setting) => {
    expect((await problemsOf(source))[0]).toContain(`unknown setting, did you mean ${setting}?`);
  });
});

describe('settings from the environment', () => {
  const load = async (environment: Environment, source = '') => {
    await using folder = await createFolder();
    await writeFile(folder.file('config.yaml'), source);
    return (await loadConfig(folder.file('config.yaml'), environment)).config;
  };

  test('have the path in capitals, with _ between its parts, and no two are the same', () => {
    const all = Object.keys(options).map(variable);
    expect(variable('status.MQTT.broker')).toBe('TWC2MQTT_STATUS_MQTT_BROKER');
    expect(new Set(all).size).toBe(all.length);
  });

  test('are text where the setting takes text, and what they are in a file otherwise', async () => {
    const config = await load({
      TWC2MQTT_INTERFACE_PORT: 'tcp://gate:8899',
      TWC2MQTT_INTERFACE_ID: '1234',
      TWC2MQTT_CONFIG_MAXAMPSFORSLAVES: '32',
      TWC2MQTT_CONTROL_RELAY: 'true',
      TWC2MQTT_STATUS_MQTT_BROKER: '[mqtt://a, mqtt://b]',
      TWC2MQTT_STATUS_MQTT_USERNAME: 'me',
      TWC2MQTT_STATUS_MQTT_PASSWORD: '4711 #x',
      TWC2MQTT_STATUS_MQTT_VERSION: '5',
      TWC2MQTT_CHARGERS: '{ 1A2B: { name: left } }',
    });
    expect(config).toMatchObject({
      'interface.port': { type: 'tcp', host: 'gate' },
      'interface.id': '1234',
      'config.maxAmpsForSlaves': 32,
      'control.relay': true,
      'status.MQTT.broker': { urls: ['mqtt://a', 'mqtt://b'] },
      'status.MQTT.password': '4711 #x',
      'status.MQTT.version': '5',
      chargers: { '1A2B': { name: 'left' } },
    });
  });

  test('count more than the file, and an empty one counts only where empty is something', async () => {
    const source = 'log: { level: warn }\npage: { listen: 127.0.0.1:8099 }\n';
    expect((await load({ TWC2MQTT_LOG_LEVEL: 'debug' }, source))['log.level']).toBe('debug');
    expect((await load({ TWC2MQTT_LOG_LEVEL: '' }, source))['log.level']).toBe('warn');
    expect((await load({ TWC2MQTT_PAGE_LISTEN: '' }, source))['page.listen']).toEqual({ type: 'nowhere' });
  });

  test('are checked as those of a file are, and together with them', async () => {
    const environment = {
      TWC2MQTT_LOG_LEVEL: 'loud',
      TWC2MQTT_CONFIG_MINAMPSPERTWC: '60',
      TWC2MQTT_CHARGERS: '{ 1A2B: { phases: 5 } }',
    };
    expect(await problemsOf('config: { maxAmpsPerTWC: 50, maxAmpsForSlaves: 5 }\n', environment)).toEqual([
      'config.yaml:1: config.maxAmpsForSlaves: expected a whole number from 6 to 240, got 5',
      'TWC2MQTT_CHARGERS: chargers.1A2B.phases: expected a whole number from 1 to 3, got 5',
      'TWC2MQTT_LOG_LEVEL: log.level: expected one of error, warn, info, debug, got "loud"',
      'TWC2MQTT_CONFIG_MINAMPSPERTWC: config.minAmpsPerTWC: expected at most config.maxAmpsPerTWC (50), got 60',
      'TWC2MQTT_CONFIG_MINAMPSPERTWC: config.minAmpsPerTWC: expected at most config.maxAmpsForSlaves (32), got 60',
    ]);
  });

  test('are mended as variables are written', async () => {
    const environment = {
      TWC2MQTT_CONFIG_MAXAMPSFORSLAVES: '32 A',
      TWC2MQTT_CONTROL_RELAY: 'yes',
      TWC2MQTT_PAGE_LISTEN: ':8099',
    };
    const mended = (await problemsOf('', environment)).map((problem) => problem.replace(/^.*; /, ''));
    expect(mended).toEqual([
      'write the number alone: TWC2MQTT_CONFIG_MAXAMPSFORSLAVES=32',
      'write TWC2MQTT_CONTROL_RELAY=true',
      'write TWC2MQTT_PAGE_LISTEN=127.0.0.1:8099',
    ]);
  });

  test('that there are not name the nearest; what others put there with our name is left alone', async () => {
    const unknown = { TWC2MQTT_CONFIG_MAX_AMPS_FOR_SLAVES: '32', TWC2MQTT_MQTT_BROKER: 'x', TWC2MQTT_WEATHER: 'sunny' };
    expect(await problemsOf('', unknown)).toEqual([
      'TWC2MQTT_CONFIG_MAX_AMPS_FOR_SLAVES: unknown setting, did you mean TWC2MQTT_CONFIG_MAXAMPSFORSLAVES?',
      'TWC2MQTT_MQTT_BROKER: unknown setting, did you mean TWC2MQTT_STATUS_MQTT_BROKER?',
      'TWC2MQTT_WEATHER: unknown setting; is the prefix meant for another program?',
    ]);
    const kubernetes = { TWC2MQTT_SERVICE_HOST: '10.0.0.1', TWC2MQTT_PORT: 'tcp://x', TWC2MQTT_PORT_8099_TCP: 'x' };
    expect(await problemsOf('', { ...kubernetes, TWC2MQTT_DATA: '/data', HOME: '/root' })).toEqual([]);
  });

  test('may be in a file of their own, as secrets are', async () => {
    await using folder = await createFolder();
    await writeFile(folder.file('secret'), 'ge heim\n');
    const environment = { TWC2MQTT_STATUS_MQTT_PASSWORD_FILE: folder.file('secret') };
    expect((await load(environment))['status.MQTT.password']).toBe('ge heim');
    expect(await problemsOf('', { TWC2MQTT_STATUS_MQTT_PASSWORD_FILE: '/nowhere' })).toEqual([
      'TWC2MQTT_STATUS_MQTT_PASSWORD_FILE: expected a readable file, got "/nowhere", but there is no such file',
    ]);
    expect(await problemsOf('', { ...environment, TWC2MQTT_STATUS_MQTT_PASSWORD: 'x' })).toEqual([
      'TWC2MQTT_STATUS_MQTT_PASSWORD_FILE: expected only one of it and TWC2MQTT_STATUS_MQTT_PASSWORD',
    ]);
  });

  test('never show a secret', async () => {
    const found = await problemsOf('', {
      TWC2MQTT_STATUS_MQTT_BROKER: 'mqtt://me:geheim@host',
      TWC2MQTT_INTERFACE_ID: '7',
    });
    expect(found).toHaveLength(2);
    expect(found.join()).not.toContain('geheim');
  });
});

/** Root may read everything; for this it becomes a user that may not, for a while. */
async function asOrdinaryUser<T>(act: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return act();
  const NOBODY = 65_534;
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
