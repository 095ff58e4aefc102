// That a charger gets no more than a car needs at the least is said while nothing else was configured.

import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { wiringHint } from '../../src/config/wiring-hint.ts';

const real = 'interface:\n  port: /dev/ttyUSB0\n';

test.each<[string, string, string | undefined]>([
  [
    'without a word of the wiring',
    real,
    'chargers get 6 A at most: config.maxAmpsForSlaves and config.maxAmpsPerTWC are 6; write there what your electrician says',
  ],
  [
    'with one of the two',
    `${real}config:\n  maxAmpsForSlaves: 32\n`,
    'chargers get 6 A at most: config.maxAmpsPerTWC is 6; write there what your electrician says',
  ],
  ['with both', `${real}config:\n  maxAmpsForSlaves: 32\n  maxAmpsPerTWC: 16\n`, undefined],
  ['beside a genuine master', `${real}  mode: listen\n`, undefined],
  ['with simulated chargers', 'config:\n  maxAmpsForSlaves: 6\n', undefined],
])('%s', (_, source, said) => {
  expect(wiringHint(parseConfig(source, 'config.yaml'))).toBe(said);
});
