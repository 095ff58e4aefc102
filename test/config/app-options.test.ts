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
      { mqtt_host: '192.168.1.10' },
      { 'status.MQTT.broker': at('mqtt://192.168.1.10:1883'), 'status.MQTT.username': '' },
    ],
    [{ mqtt_host: 'broker', mqtt_port: 1884 }, { 'status.MQTT.broker': at('mqtt://broker:1884') }],
    [{ mqtt_host: 'broker', mqtt_port: '1884' }, { 'status.MQTT.broker': at('mqtt://broker:1884') }],
    [{ mqtt_host: 'broker', mqtt_tls: true }, { 'status.MQTT.broker': at('mqtts://broker:8883') }],
    [{ mqtt_host: 'broker', mqtt_tls: true, mqtt_port: 8884 }, { 'status.MQTT.broker': at('mqtts://broker:8884') }],
    [{ mqtt_host: '[fe80::1]', mqtt_tls: false }, { 'status.MQTT.broker': at('mqtt://[fe80::1]:1883') }],
    [
      { mqtt_host: 'broker', mqtt_username: 'me', mqtt_password: 'mine', mqtt_ca: 'house.pem' },
      { 'status.MQTT.username': 'me', 'status.MQTT.password': 'mine', 'status.MQTT.ca': '/ssl/house.pem' },
    ],
    [{ mqtt_host: 'broker', mqtt_ca: '/share/house.pem' }, { 'status.MQTT.ca': '/share/house.pem' }],
  ])('%j is the one that the owner wants', (options, wanted) => {
    const { config, brokerUnknown, remarks } = read(options);
    expect(config).toMatchObject(wanted);
    expect([brokerUnknown, remarks]).toEqual([false, []]);
  });

  test('without a host it is that of Home Assistant, and what was entered for another is told to be idle', () => {
    expect(read({})).toMatchObject({ brokerUnknown: true, remarks: [] });
    const { brokerUnknown, remarks } = read({ mqtt_port: 1884, mqtt_username: 'me', mqtt_tls: false });
    expect(brokerUnknown).toBe(true);
    expect(remarks).toEqual([
      'mqtt_port, mqtt_username: not used without mqtt_host, the broker is that of Home Assistant',
    ]);
  });

  const noHosts = ['mqtt://broker', 'me:secret@broker', 'broker:1883', 'a b', 'broker/x', '::1', 7, { toString: 1 }];
  test.each(noHosts)('%j is no host', (host) => {
    expect(problems({ mqtt_host: host })).toEqual([expect.stringMatching(/^mqtt_host, mqtt_port: expected a name/)]);
    expect(problems({ mqtt_host: host }).join()).not.toContain('secret');
  });

  test.each([70_000, 'many', -1])('%s is no port', (port) => {
    expect(problems({ mqtt_host: 'broker', mqtt_port: port })).toHaveLength(1);
  });
});

test('what is not there has the default of the option table: 6 A', () => {
  expect(read({}).config).toMatchObject({
    'config.maxAmpsForSlaves': 6,
    'config.maxAmpsPerTWC': 6,
    'status.MQTT.ratelimit': 60,
    'status.MQTT.topicPrefix': 'TWC',
  });
});

test('problems have the names that owners know, and all come at once', () => {
  expect(problems({ max_amps_per_twc: 200, log_level: 'loud', min_amps_per_twc: 16 })).toEqual([
    'max_amps_per_twc: expected an integer from 6 to 80, got 200',
    'log_level: expected one of error, warn, info, debug, got "loud"',
    'min_amps_per_twc: expected at most max_amps_per_twc (6), got 16',
    'min_amps_per_twc: expected at most max_amps_for_slaves (6), got 16',
  ]);
});

test('a password is never shown', () => {
  expect(problems({ mqtt_host: 'broker', mqtt_password: 4711 })).toEqual([
    'mqtt_password: expected text, got a number',
  ]);
});

test.each([undefined, null, [], 'text', 6])('%j is no set of options', (json) => {
  expect(problems(json)).toEqual(["expected the app's options by name, got something else"]);
});

test('a text of the bridge names settings as the app does', () => {
  expect(withAppNames("the broker's certificate is self-signed; name its authority in status.MQTT.ca")).toBe(
    "the broker's certificate is self-signed; name its authority in mqtt_ca",
  );
});

test('whatever the options, the answer is settings within their bounds or a ConfigError', () => {
  const names = fc.constantFrom(
    'max_amps_for_slaves',
    'max_amps_per_twc',
    'mqtt_host',
    'mqtt_port',
    'mqtt_ca',
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
