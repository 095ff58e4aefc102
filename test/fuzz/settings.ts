// Configurations of chance: a file is refused in words or gives settings that all pass their own check.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ConfigError } from '../../src/config/accepted.ts';
import { combined, parseAppOptions, renamed } from '../../src/config/app-options.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type Config, type Option, options } from '../../src/config/options.ts';
import { accept } from '../../src/schema.ts';
import type { Random } from '../randomness.ts';
import type { Outcome } from './fuzz.ts';
import { below, oneOf } from './noise.ts';

const sample = readFileSync(new URL('../../config.yaml', import.meta.url), 'utf8');
const paths = Object.keys(options);
const keys = [...new Set(paths.flatMap((path) => path.split('.')))];
const marks = [
  '\n',
  '\n  ',
  '\n    ',
  ': ',
  ':',
  '- ',
  '? ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '|',
  '>',
  '#',
  '%',
  '@',
  '`',
  '\t',
  '\0',
];
const names = [
  '&a ',
  '*a',
  '&b ',
  '*b',
  '<<: ',
  '!!str ',
  '!!binary ',
  '!x ',
  '---\n',
  '...\n',
  '__proto__',
  'constructor',
];
const values = [
  '6',
  '-1',
  '1e9',
  '0x10',
  '.inf',
  '.nan',
  'null',
  '~',
  'true',
  'off',
  '2001-01-01',
  'mqtt://a:1',
  'ü',
  '💡',
];

export function configuration(random: Random, bytes: number): Outcome {
  const seen = { accepted: 0, refused: 0 };
  for (let fed = 0; fed < bytes; ) {
    const source = random() < 0.5 ? damagedSample(random) : invented(random);
    fed += source.length;
    judge(seen, source, () => parseConfig(source, 'config.yaml'));
  }
  return { seen };
}

export function appOptions(random: Random, bytes: number): Outcome {
  const known = [...Object.keys(renamed), ...Object.values(combined).flat(), '__proto__', 'x'];
  const seen = { accepted: 0, refused: 0 };
  for (let fed = 0; fed < bytes; ) {
    const given = Object.fromEntries(
      Array.from({ length: below(random, 6) }, () => [oneOf(random, known), json(random, 2)]),
    );
    const options: unknown = random() < 0.05 ? json(random, 2) : given;
    const source = JSON.stringify(options) ?? '';
    fed += source.length;
    judge(seen, source, () => parseAppOptions(options, '/dev/serial/by-id/').config);
  }
  return { seen };
}

function judge(seen: { accepted: number; refused: number }, source: string, read: () => Config): void {
  let config: Config;
  try {
    config = read();
  } catch (error) {
    assert.ok(error instanceof ConfigError, `${String(error)}, from:\n${source}`);
    assert.ok(error.problems.length > 0 && error.problems.every((problem) => problem !== ''), source);
    seen.refused++;
    return;
  }
  seen.accepted++;
  assert.deepEqual(Object.keys(config).sort(), [...paths].sort(), source);
  for (const [path, { check }] of Object.entries(options) as [keyof Config, Option<unknown>][]) {
    if (check.bounds || check.choices)
      assert.notEqual(accept(check, config[path]), undefined, `${path} of:\n${source}`);
  }
  assert.ok(config['config.minAmpsPerTWC'] <= config['config.maxAmpsPerTWC'], source);
  assert.ok(config['config.minAmpsPerTWC'] <= config['config.maxAmpsForSlaves'], source);
}

function damagedSample(random: Random): string {
  let text = sample;
  for (let times = 1 + below(random, 4); times > 0; times--) {
    const at = below(random, text.length);
    const piece =
      random() < 0.7 ? oneOf(random, [...marks, ...names, ...values]) : String.fromCharCode(below(random, 0x250));
    text = text.slice(0, at) + (random() < 0.7 ? piece : '') + text.slice(at + below(random, 6));
  }
  return text;
}

function invented(random: Random): string {
  const all = [...keys, ...marks, ...marks, ...names, ...values];
  return Array.from({ length: 1 + below(random, 25) }, () => oneOf(random, all)).join('');
}

function json(random: Random, depth: number): unknown {
  const plain = [null, true, false, 0, -1, 6, 16, 1e9, 0.5, '', 'x', '/dev/ttyUSB0', 'mqtt://a', '192.168.1.10', 'a b'];
  if (depth === 0 || random() < 0.7) return oneOf<unknown>(random, plain);
  const inside = Array.from({ length: below(random, 4) }, () => json(random, depth - 1));
  return random() < 0.5 ? inside : Object.fromEntries(inside.map((one, i) => [`k${i}`, one]));
}
