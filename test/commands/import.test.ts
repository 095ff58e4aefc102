// A house of TWCManager moves in: its configuration as one of ours, and never an ampere more.

import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importCommand, imported } from '../../src/commands/import.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createFolder } from '../system/folder.ts';

const house = `{
    # Amps of the wiring
    "config": {
        "wiringMaxAmpsAllTWCs": 40, // of all
        "wiringMaxAmpsPerTWC": 32,
        "minAmpsPerTWC": 12,
        "defaultVoltage": 230,
        "greenEnergyFlexAmps": 0,
        "logLevel": 20,
        "fakeMaster": 1
    },
    "interface": {
      "Dummy": { "enabled": false, "twcID": "AB" },
      "RS485": { "enabled": true, "baud": 9600, "port": "/dev/ttyUSB0" }
    },
    "status": {
        "MQTT": {
            "enabled": true,
            "brokerIP": "192.168.1.10",
            "topicPrefix": "TWC",
            "ratelimit": 30,
            "username": "me",
            "password": "geheim #1",
            "homeassistantDiscovery": true,
        }
    },
    "sources": { "Fronius": { "enabled": true, "serverIP": "192.168.1.2" } }
}
`;

function withConfig(config: object, others: object = {}): string {
  return JSON.stringify({ config, ...others });
}

function settings(source: string, withPassword = false) {
  return parseConfig(imported(source, 'config.json', withPassword).text, 'config.yaml');
}

test('what has a counterpart is taken', () => {
  expect(settings(house, true)).toMatchObject({
    'interface.port': { type: 'serial', name: '/dev/ttyUSB0' },
    'interface.mode': 'master',
    'config.maxAmpsForSlaves': 40,
    'config.maxAmpsPerTWC': 32,
    'config.minAmpsPerTWC': 12,
    'status.MQTT.broker': { urls: ['mqtt://192.168.1.10:1883'] },
    'status.MQTT.username': 'me',
    'status.MQTT.password': 'geheim #1',
    'status.MQTT.topicPrefix': 'TWC',
    'status.MQTT.ratelimit': 30,
    'homeassistant.discovery': 'entity',
    'log.level': 'info',
  });
});

test('the password is left out unless it is asked for', () => {
  expect(imported(house, 'config.json', false).text).not.toContain('geheim');
  expect(settings(house)['status.MQTT.password']).toBe('');
});

test('each line says where it comes from, and each that is left what takes its place', () => {
  const { text } = imported(house, 'config.json', false);
  expect(text).toContain('  maxAmpsForSlaves: 40 # config.wiringMaxAmpsAllTWCs\n');
  expect(text).toMatch(/^# {3}config\.greenEnergyFlexAmps: charging with the sun is a blueprint/m);
  expect(text).toMatch(/^# {3}sources\.Fronius\.serverIP: charging with the sun/m);
  expect(text).toMatch(/^# To do: for a charger without a meter .*chargers: \{ 1A2B: \{ volts: 230 \} \}$/m);
});

describe('amps', () => {
  test.each<[object, readonly [number, number, number]]>([
    [{}, [6, 6, 6]],
    [{ wiringMaxAmpsAllTWCs: 40 }, [40, 6, 6]],
    [{ wiringMaxAmpsAllTWCs: 16, wiringMaxAmpsPerTWC: 32, minAmpsPerTWC: 12 }, [16, 16, 12]],
    [{ wiringMaxAmpsAllTWCs: 16.9, wiringMaxAmpsPerTWC: '16.9', minAmpsPerTWC: 6.5 }, [16, 16, 7]],
    [{ wiringMaxAmpsAllTWCs: 1_000, wiringMaxAmpsPerTWC: 100, minAmpsPerTWC: 90 }, [240, 80, 80]],
    [{ wiringMaxAmpsAllTWCs: 'forty', wiringMaxAmpsPerTWC: null, minAmpsPerTWC: 5 }, [6, 6, 6]],
    [{ wiringMaxAmpsAllTWCs: 10, wiringMaxAmpsPerTWC: 10, minAmpsPerTWC: 12 }, [10, 10, 10]],
    [{ wiringMaxAmpsAllTWCs: '40A', wiringMaxAmpsPerTWC: '32,5 amps', minAmpsPerTWC: '12 A' }, [40, 32, 12]],
    [{ wiringMaxAmpsAllTWCs: '+40', wiringMaxAmpsPerTWC: ' 32.9Ampere', minAmpsPerTWC: '-8' }, [40, 32, 6]],
    // Of what these mean there is doubt.
    [{ wiringMaxAmpsAllTWCs: '3x32A', wiringMaxAmpsPerTWC: '32V', minAmpsPerTWC: [12] }, [6, 6, 6]],
    [{ wiringMaxAmpsAllTWCs: '16/32', wiringMaxAmpsPerTWC: '0x20', minAmpsPerTWC: '1e9' }, [6, 6, 6]],
    [{ wiringMaxAmpsAllTWCs: { a: 40 }, wiringMaxAmpsPerTWC: '1.000,5', minAmpsPerTWC: '' }, [6, 6, 6]],
    [{ wiringMaxAmpsAllTWCs: 1e300, wiringMaxAmpsPerTWC: '99999999999999999999', minAmpsPerTWC: -1e300 }, [240, 80, 6]],
  ])('%j', (config, [circuit, each, least]) => {
    expect(settings(withConfig(config))).toMatchObject({
      'config.maxAmpsForSlaves': circuit,
      'config.maxAmpsPerTWC': each,
      'config.minAmpsPerTWC': least,
    });
  });

  test.each([5, 0, -1])('a wiring of %s A is none for a car', (wiringMaxAmpsAllTWCs) => {
    expect(() => settings(withConfig({ wiringMaxAmpsAllTWCs }))).toThrow(/wiringMaxAmpsAllTWCs: .* less than the 6 A/);
  });

  test('are never more than there, whatever stands there, and the result is always a configuration', () => {
    const odd = fc.oneof(fc.integer({ min: -10, max: 300 }), fc.double(), fc.string(), fc.boolean(), fc.constant(null));
    const config = fc.record(
      { wiringMaxAmpsAllTWCs: odd, wiringMaxAmpsPerTWC: odd, minAmpsPerTWC: odd, logLevel: odd, fakeMaster: odd },
      { requiredKeys: [] },
    );
    const mqtt = fc.record(
      { enabled: odd, brokerIP: odd, brokerPort: odd, topicPrefix: odd, username: odd, password: odd, ratelimit: odd },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, mqtt, fc.jsonValue(), fc.string(), (amps, status, anything, port) => {
        const source = JSON.stringify({
          config: amps,
          status: { MQTT: status },
          interface: { RS485: { port } },
          anything,
        });
        let found: ReturnType<typeof settings>;
        try {
          found = settings(source, true);
        } catch (error) {
          expect(String(error)).toMatch(/less than the 6 A/);
          return;
        }
        // Also with a unit or with a comma.
        const there = (value: unknown) => Number.parseFloat(String(value).replace(',', '.')) || 6;
        expect(found['config.maxAmpsForSlaves']).toBeLessThanOrEqual(Math.max(6, there(amps.wiringMaxAmpsAllTWCs)));
        expect(found['config.maxAmpsPerTWC']).toBeLessThanOrEqual(Math.max(6, there(amps.wiringMaxAmpsPerTWC)));
      }),
    );
  });
});

describe('where the chargers are', () => {
  test.each<[object, object]>([
    [{ interface: { RS485: { port: 'socket://gate:8899' } } }, { name: 'tcp://gate:8899' }],
    [{ interface: { RS485: { port: 'rfc2217://gate:2217?logging=debug' } } }, { name: 'tcp://gate:2217' }],
    [{ interface: { RS485: { enabled: false }, Dummy: { enabled: true } } }, { type: 'simulator' }],
    [
      { interface: { RS485: { enabled: false }, TCP: { enabled: true, server: '10.0.0.2' } } },
      { name: 'tcp://10.0.0.2:6000' },
    ],
    [{ interface: { RS485: { port: 'COM3' } } }, { name: 'COM3' }],
    [{}, { name: '/dev/ttyUSB0' }],
    [{ interface: { RS485: { port: 'alt://x' } } }, { type: 'simulator' }],
    [{ interface: { RS485: { port: null } } }, { name: '/dev/ttyUSB0' }],
    [{ interface: { RS485: { port: 0 } } }, { type: 'simulator' }],
    [{ interface: null, status: null, control: [] }, { name: '/dev/ttyUSB0' }],
  ])('%j', (others, port) => {
    expect(settings(withConfig({}, others))['interface.port']).toMatchObject(port);
  });

  test('an address without quotes is no comment', () => {
    const source = 'config: {}\ninterface:\n  RS485:\n    port: socket://gate:8899 // the gateway\n';
    expect(settings(source)['interface.port'].name).toBe('tcp://gate:8899');
  });

  test('in an older file', () => {
    const older = { rs485adapter: '/dev/ttyS1' };
    expect(settings(withConfig(older))['interface.port'].name).toBe('/dev/ttyS1');
    const both = withConfig(older, { interface: { RS485: { port: '/dev/ttyS2' } } });
    expect(settings(both)['interface.port'].name).toBe('/dev/ttyS2');
  });

  test.each([
    [1, 'master'],
    ['1', 'master'],
    [true, 'master'],
    [undefined, 'master'],
    [2, 'listen'],
    [0, 'listen'],
    [null, 'listen'],
    ['perhaps', 'listen'],
    [[1, 2], 'listen'],
  ])('fakeMaster %j is %s', (fakeMaster, mode) => {
    expect(settings(withConfig({ fakeMaster }))['interface.mode']).toBe(mode);
  });

  test('what needs work is said first', () => {
    const { warnings } = imported(withConfig({}, { interface: { RS485: { port: 'rfc2217://gate:1' } } }), 'x', false);
    expect(warnings[0]).toMatch(/rfc2217:\/\/ is not supported; set ser2net or the converter to raw TCP/);
  });
});

test('a broker that was not switched on is none, and one with encryption keeps it', () => {
  const mqtt = (MQTT: object) => settings(withConfig({}, { status: { MQTT } }))['status.MQTT.broker'];
  expect(mqtt({ enabled: false, brokerIP: 'a' })).toMatchObject({ type: 'embedded' });
  expect(mqtt({ enabled: true, brokerIP: 'a', brokerTLS: true })).toMatchObject({ urls: ['mqtts://a:8883'] });
  expect(mqtt({ enabled: true, brokerIP: 'fd00::1', brokerPort: 1884 })).toMatchObject({
    urls: ['mqtt://[fd00::1]:1884'],
  });
  expect(mqtt({ enabled: true, brokerIP: 'me:pw@a' })).toMatchObject({ type: 'embedded' });
});

describe('where the broker is', () => {
  const mqtt = (MQTT: object) => imported(withConfig({}, { status: { MQTT: { enabled: true, ...MQTT } } }), 'x', false);
  test.each<[object, string]>([
    [{ brokerIP: 'house:1884' }, 'mqtt://house:1884'],
    [{ brokerIP: 'house:1884', brokerPort: '1884' }, 'mqtt://house:1884'],
    [{ brokerIP: ' mqtt://house ' }, 'mqtt://house:1883'],
    [{ brokerIP: 'tcp://house:1884/' }, 'mqtt://house:1884'],
    [{ brokerIP: 'mqtts://house' }, 'mqtts://house:8883'],
    [{ brokerIP: 'SSL://house', brokerPort: 8884 }, 'mqtts://house:8884'],
    [{ brokerIP: 'house:8883', brokerTLS: 'True' }, 'mqtts://house:8883'],
    [{ brokerIP: 'fd00::1' }, 'mqtt://[fd00::1]:1883'],
    [{ brokerIP: '[fd00::1]:1884' }, 'mqtt://[fd00::1]:1884'],
    [{ brokerIP: '192.168.1.2', brokerPort: null }, 'mqtt://192.168.1.2:1883'],
  ])('%j', (settings, url) => {
    expect(parseConfig(mqtt(settings).text, 'x')['status.MQTT.broker']).toMatchObject({ urls: [url] });
  });

  test.each<[object, RegExp]>([
    [{ brokerIP: 'house:1884', brokerPort: 1883 }, /brokerIP and status\.MQTT\.brokerPort name two ports/],
    [{ brokerIP: 'http://house' }, /brokerIP is not understood/],
    [{ brokerIP: 'ws://house:9001' }, /brokerIP is not understood/],
    [{ brokerIP: 'house:99999' }, /brokerIP is not understood/],
    [{ brokerIP: 'house', brokerPort: 0 }, /brokerIP is not understood/],
    [{ brokerIP: 'house', brokerPort: 'mqtt' }, /brokerPort is no number/],
    [{ brokerIP: 'me:pw@house' }, /brokerIP is not understood/],
    [{ brokerIP: ['a', 'b'] }, /brokerIP is not understood/],
    [{ brokerIP: 'a b' }, /brokerIP is not understood/],
    [{ brokerIP: null }, /brokerIP is not said/],
    [{ brokerIP: '' }, /brokerIP is not said/],
    [{}, /brokerIP is not said/],
  ])('is left to its owner with %j', (settings, why) => {
    const { text, warnings } = mqtt(settings);
    expect(parseConfig(text, 'x')['status.MQTT.broker']).toMatchObject({ type: 'embedded' });
    expect(warnings).toContainEqual(expect.stringMatching(why));
  });
});

test('volts are offered only where they can be those of one phase', () => {
  const offered = (config: object) =>
    imported(withConfig(config), 'x', false)
      .warnings.filter((one) => /without a meter|left out/.test(one))
      .join();
  expect(offered({ defaultVoltage: '230 V', numberOfPhases: '3' })).toContain('{ volts: 230, phases: 3 }');
  expect(offered({ defaultVoltage: 400, numberOfPhases: 3 })).toMatch(/\{ phases: 3 \}.*400 .*one phase/);
  expect(offered({ defaultVoltage: 0, numberOfPhases: 7 })).toMatch(
    /^config\.defaultVoltage of 0 is not that of one phase/,
  );
  expect(offered({ numberOfPhases: 7 })).toBe('config.numberOfPhases is left out: it must be 1 to 3');
  expect(offered({ numberOfPhases: 3 })).toMatch(/\{ phases: 3 \} \}$/);
  expect(offered({ defaultVoltage: null, numberOfPhases: null })).toBe('');
});

test('a user and a password of digits are taken, also without quotes', () => {
  const MQTT = { enabled: true, brokerIP: 'a', username: 42, password: 12345 };
  expect(settings(withConfig({}, { status: { MQTT } }), true)).toMatchObject({
    'status.MQTT.username': '42',
    'status.MQTT.password': '12345',
  });
  const { text, warnings } = imported(withConfig({}, { status: { MQTT } }), 'x', false);
  expect(text).not.toContain('12345');
  expect(warnings).toContainEqual(expect.stringContaining('status.MQTT.password: left out'));
});

describe('a file that people have worked on is read', () => {
  const good = '{"config": {"wiringMaxAmpsAllTWCs": 40, "wiringMaxAmpsPerTWC": 32}, "a": "http://b//c" }';
  test.each([
    ['with a byte order mark', `\uFEFF${good}`],
    ['with lines of Windows', good.replaceAll(' ', '\r\n')],
    ['with tabs', good.replaceAll(' ', '\t')],
    ['with commas at the end', good.replace('32}', '32,}').replace('c" }', 'c", }')],
    ['with texts for numbers', good.replace('40', '"40"').replace('32', '" 32 "')],
    [
      'with comments after values and inside lists',
      good.replace('40,', '40 // of all: "big", it\'s\n, "l": [1, /* two */ 2],'),
    ],
    ['with a comment at once behind a value', good.replace('40,', '40#all\n,').replace('32}', '32// it"s mine\n}')],
    [
      'with a comment in which a path has a star',
      good.replace('40,', '40, # /etc/*.json\n').replace('32}', '32 #*/\n}'),
    ],
    ['with a comment between name and value', good.replace('40', '/* amps\n of: all, */ 40')],
    ['with comments behind the end', `${good}\n// that's "all"\n# {`],
    ['with single quotes, of which one has slashes', good.replace(/"/g, "'").replace('32}', "32 // it's mine\n}")],
    ['without JSON at all', 'config:\n  wiringMaxAmpsAllTWCs: 40 # all\n  wiringMaxAmpsPerTWC: 32\n'],
    ['with numbers in quotes, which have a comma', good.replace('40', '"40,0"').replace('32', "'32,9 A'")],
    ['with a number that is commented out', good.replace('40,', '40,\n// "wiringMaxAmpsAllTWCs": 80,\n#"x": 1\n')],
    ['with a name twice, of which TWCManager takes the last', good.replace('{"w', '{"wiringMaxAmpsAllTWCs": 80, "w')],
  ])('%s', (_, source) => {
    expect(settings(source)).toMatchObject({ 'config.maxAmpsForSlaves': 40, 'config.maxAmpsPerTWC': 32 });
  });
});

describe('a file that is none', () => {
  test.each<[string, RegExp]>([
    ['[]', /expected a config\.json of TWCManager, which has a part "config"/],
    ['{ "config": { "a": "geheim } }', /something is wrong in line 1/],
    ['', /which has a part "config"/],
    ['{ "config": { "a": *geheim } }', /a value in it begins with a star/],
  ])('%j', (source, problem) => {
    expect(() => imported(source, 'config.json', false)).toThrow(problem);
    expect(() => imported(source, 'config.json', false)).not.toThrow(/geheim/);
  });

  test('and one with a comma missing, as in the example of TWCManager, is read', () => {
    const { text, warnings } = imported('{\n"config": { "wiringMaxAmpsAllTWCs": 40 }\n"sources": {}\n}', 'x', false);
    expect(text).toContain('maxAmpsForSlaves: 40 ');
    expect(warnings).toContain('a comma is missing before line 3 of that file');
  });
});

test('names in the file cannot end a comment', () => {
  const { text } = imported(JSON.stringify({ config: {}, 'a\nlog:\n  level: debug\u0085x': 1 }), 'config.json', false);
  expect(parseConfig(text, 'config.yaml')['log.level']).toBe('info');
});

test('a file is written where it is wanted, and never over another', async () => {
  await using folder = await createFolder();
  const said: string[] = [];
  const run = () =>
    importCommand(folder.file('config.json'), { output: folder.file('config.yaml') }, (text) => void said.push(text));
  await writeFile(folder.file('config.json'), house);
  await run();
  const written = await readFile(folder.file('config.yaml'), 'utf8');
  expect(written).toContain('maxAmpsForSlaves: 40 ');
  expect(written).toContain(` check --config ${folder.file('config.yaml')}\n`);
  expect(said.join()).toContain('config.yaml: written');
  await expect(run()).rejects.toThrow(
    'config.yaml: cannot be written, it is there already, and nothing is overwritten',
  );
  await expect(importCommand(folder.file('none.json'), {}, () => {})).rejects.toThrow('but there is no such file');
  await writeFile(folder.file('wide.json'), `\uFEFF${house}`, 'utf16le');
  await expect(importCommand(folder.file('wide.json'), {}, () => {})).rejects.toThrow(/written in UTF-16.*as UTF-8/);
});
