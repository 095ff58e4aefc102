// The options of the app as settings of the bridge.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/accepted.ts';
import { parseAppOptions, withAppNames } from '../../src/config/app-options.ts';
import type { Config } from '../../src/config/options.ts';

const BY_ID = '/dev/serial/by-id/';
const at = (url: string) => ({ type: 'urls', name: url, urls: [url] }) as const;
const read = (json: unknown) => parseAppOptions(json, BY_ID);

describe('where the chargers are', () => {
  test.each<[object, string]>([
    [{}, BY_ID],
    [{ serial_port: '', serial_path: null }, BY_ID],
    [{ serial_port: '/dev/serial/by-id/usb-FTDI' }, '/dev/serial/by-id/usb-FTDI'],
    [{ serial_port: '/dev/serial/by-id/usb-FTDI', serial_path: 'tcp://gate:8899' }, 'tcp://gate:8899'],
    [{ serial_port: '/dev/serial/by-id/usb-FTDI', serial_path: '' }, '/dev/serial/by-id/usb-FTDI'],
    [{ serial_path: '/dev/ttyUSB0', simulator: true }, 'simulator'],
    [{ serial_path: '/dev/ttyUSB0', simulator: false }, '/dev/ttyUSB0'],
  ])('%j', (options, port) => {
    expect(read(options).config['interface.port'].name).toBe(port);
  });
});

describe('which broker', () => {
  test.each<[object, Partial<Config>]>([
    [
      { mqtt: { host: '192.168.1.10' } },
      { 'status.MQTT.broker': at('mqtt://192.168.1.10:1883'), 'status.MQTT.username': '' },
    ],
    [{ mqtt: { host: 'broker', port: 1884 } }, { 'status.MQTT.broker': at('mqtt://broker:1884') }],
    [{ mqtt: { host: 'broker', port: '1884' } }, { 'status.MQTT.broker': at('mqtt://broker:1884') }],
    [{ mqtt: { host: 'broker', tls: true } }, { 'status.MQTT.broker': at('mqtts://broker:8883') }],
    [{ mqtt: { host: 'broker', tls: true, port: 8884 } }, { 'status.MQTT.broker': at('mqtts://broker:8884') }],
    [{ mqtt: { host: '[fe80::1]', tls: false } }, { 'status.MQTT.broker': at('mqtt://[fe80::1]:1883') }],
    [
      { mqtt: { host: 'broker', username: 'me', password: 'mine', ca: 'house.pem' } },
      { 'status.MQTT.username': 'me', 'status.MQTT.password': 'mine', 'status.MQTT.ca': '/ssl/house.pem' },
    ],
    [{ mqtt: { host: 'broker', ca: '/share/house.pem' } }, { 'status.MQTT.ca': '/share/house.pem' }],
  ])('%j is the one that the owner wants', (options, wanted) => {
    const { config, brokerUnknown, remarks } = read(options);
    expect(config).toMatchObject(wanted);
    expect([brokerUnknown, remarks]).toEqual([false, []]);
  });

  test('without a host it is that of Home Assistant, and what was entered for another is told to be idle', () => {
    expect(read({})).toMatchObject({ brokerUnknown: true, remarks: [] });
    const { brokerUnknown, remarks } = read({ mqtt: { port: 1884, username: 'me', tls: false } });
    expect(brokerUnknown).toBe(true);
    expect(remarks).toEqual([
      'mqtt.port, mqtt.username: not used without mqtt.host, the broker is that of Home Assistant',
    ]);
  });

  const noHosts = ['mqtt://broker', 'me:secret@broker', 'broker:1883', 'a b', 'broker/x', '::1', 7, { toString: 1 }];
  test.each(noHosts)('%j is no host', (host) => {
    expect(problems({ mqtt: { host } })).toEqual([expect.stringMatching(/^mqtt\.host, mqtt\.port: expected a name/)]);
    expect(problems({ mqtt: { host } }).join()).not.toContain('secret');
  });

  test.each([70_000, 'many', -1])('%s is no port', (port) => {
    expect(problems({ mqtt: { host: 'broker', port: port } })).toHaveLength(1);
  });
});

describe('what is known of single chargers and cars', () => {
  test('is entered as lists, and empty fields are as if they were not there', () => {
    const { config } = read({
      max_amps_for_slaves: 32,
      max_amps_per_twc: 32,
      chargers: [
        { id: '1a2b', name: 'Garage left', max_amps: 16 },
        { id: '0012', name: '', max_amps: null },
      ],
      vehicles: [{ vin: '5yj3e1ea2kf000317', name: 'Red' }],
    });
    expect(config.chargers).toEqual({ '1A2B': { name: 'Garage left', maxAmps: 16 }, '0012': {} });
    expect(config.vehicles).toEqual({ '5YJ3E1EA2KF000317': 'Red' });
  });

  test('says which entry cannot be right', () => {
    expect(
      problems({ chargers: [{ id: '1A2B', max_amps: 200 }, { id: '1a2b' }], vehicles: [{ vin: 'X', name: 'Red' }] }),
    ).toEqual(expect.arrayContaining(['chargers: expected each id once, got 1A2B twice']));
    expect(problems({ chargers: [{ id: '1A2B', max_amps: 200 }] })).toEqual([
      'chargers.1A2B.max_amps: expected a whole number from 6 to 80, got 200',
    ]);
    expect(problems({ vehicles: [{ vin: 'X', name: 'Red' }] })).toHaveLength(1);
    expect(problems({ chargers: ['1A2B'] })).toHaveLength(1);
    expect(problems({ chargers: 7 })).toHaveLength(1);
  });
});

test('what is not there has the default of the option table, 6 A, but values are shown sooner', () => {
  expect(read({}).config).toMatchObject({
    'config.maxAmpsForSlaves': 6,
    'config.maxAmpsPerTWC': 6,
    'status.MQTT.ratelimit': 5,
    'status.MQTT.topicPrefix': 'TWC',
  });
});

test('problems have the names that owners know, and all come at once', () => {
  expect(problems({ max_amps_per_twc: 200, expert: { log_level: 'loud', min_amps_per_twc: 16 } })).toEqual([
    'max_amps_per_twc: expected a whole number from 6 to 80, got 200',
    'expert.log_level: expected one of error, warn, info, debug, got "loud"',
    'expert.min_amps_per_twc: expected at most max_amps_per_twc (6), got 16',
    'expert.min_amps_per_twc: expected at most max_amps_for_slaves (6), got 16',
  ]);
});

test('a wrong value is mended as a form takes it', () => {
  expect(problems({ serial_path: '192.168.1.5:8899' })[0]).toMatch(/; write tcp:\/\/192\.168\.1\.5:8899$/);
  expect(problems({ expert: { topic_prefix: '/TWC' } })[0]).toMatch(/^expert\.topic_prefix: .*; write TWC$/);
});

test('a password needs a name', () => {
  expect(problems({ mqtt: { host: 'broker', password: 'mine' } })).toEqual([
    'mqtt.password: needs mqtt.username too: a broker takes no password without a name',
  ]);
});

test('a password is never shown', () => {
  expect(problems({ mqtt: { host: 'broker', username: 'me', password: 4711 } })).toEqual([
    'mqtt.password: expected text, got a number',
  ]);
});

test.each([undefined, null, [], 'text', 6])('%j is no set of options', (json) => {
  expect(problems(json)).toEqual(["expected the app's options by name, got something else"]);
});

test('a text of the bridge names settings as the app does', () => {
  expect(withAppNames("the broker's certificate is self-signed; name its authority in status.MQTT.ca")).toBe(
    "the broker's certificate is self-signed; name its authority in mqtt.ca",
  );
});

test('whatever the options, the answer is settings within their bounds or a ConfigError', () => {
  const names = fc.constantFrom(
    'max_amps_for_slaves',
    'max_amps_per_twc',
    'mqtt',
    'expert',
    'chargers',
    'vehicles',
    'mode',
    'x',
  );
  fc.assert(
    fc.property(fc.dictionary(names, fc.jsonValue()), (json) => {
      try {
        expect(read(json).config['config.maxAmpsPerTWC']).toBeLessThanOrEqual(80);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});

function problems(json: unknown): readonly string[] {
  try {
    read(json);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
