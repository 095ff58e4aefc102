// What the configuration means for the bridge.

import { expect, test } from 'vitest';
import { parseConfig } from '../src/config/load.ts';
import { bridgeSettings } from '../src/settings.ts';
import { id } from './world.ts';

const known = {
  version: 1,
  clientId: 'twc2mqtt-0a1b2c3d',
  port: '',
  broker: '',
  chargers: [],
  announced: [],
  prefixes: [],
  setPoints: { chargers: {} },
  sessions: [],
} as const;

test.each([
  ['192.168.1.5:8099', 'http://192.168.1.5:8099/'],
  ['[fd00::5]:8099', 'http://[fd00::5]:8099/'],
  ['pi.local:80', 'http://pi.local:80/'],
  ['127.0.0.1:8099', undefined],
  ['localhost:8099', undefined],
  ['0.0.0.0:8099', undefined],
  ['[::]:8099', undefined],
  ['', undefined],
])('Home Assistant links the page that is served at %j to %s', (listen, url) => {
  const config = parseConfig(`page:\n  listen: "${listen}"\n`, 'config.yaml');
  expect(bridgeSettings(config, known).discovery.pageUrl).toBe(url);
});

test.each([
  ['/dev/ttyUSB0', [], true],
  ['/dev/ttyUSB0', [{ id: id('1A2B') }], false],
  ['simulator', [], false],
])('on %s with %j remembered, another master may have been there until now: %s', (port, chargers, may) => {
  const config = parseConfig(`interface:\n  port: ${port}\n`, 'config.yaml');
  expect(bridgeSettings(config, { ...known, chargers }).formerMaster).toBe(may);
});
