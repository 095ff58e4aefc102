// Commands of chance over MQTT: nothing throws, and none that is accepted is out of range.

import assert from 'node:assert/strict';
import { newCharger } from '../../src/charger/charger.ts';
import type { Limits } from '../../src/control/limits.ts';
import { forbidden } from '../../src/protocol/allow-list.ts';
import { commandNames, parseCommand } from '../../src/topics/commands.ts';
import type { Random } from '../randomness.ts';
import { overviewOf } from '../topics/overview.ts';
import { createWorld, id, slave } from '../world.ts';
import type { Outcome } from './fuzz.ts';
import { below, oneOf } from './noise.ts';

const limits: Limits = { maxAmpsForSlaves: 24, maxAmpsPerTWC: 20, minAmpsPerTWC: 7 };
const names = commandNames.map((name) => name.replace('+', '1A2B'));
const words = [
  '16',
  '7',
  '20',
  '21',
  '0',
  '1',
  ',',
  '3600',
  '.',
  '0',
  '-',
  'e',
  'NaN',
  'on',
  ' ',
  '\0',
  '/',
  '1A2B',
  'ü',
  '💡',
];

export function commands(random: Random, bytes: number): Outcome {
  const overview = overviewOf([{ ...newCharger(id('1A2B'), 0), confirmed: true, ratedAmps: 32 }], limits);
  const world = createWorld({ limits, slaves: [slave('1A2B')], acknowledgesAfter: 1 });
  const seen = { accepted: 0, refused: 0, ignored: 0 };
  for (let fed = 0; fed < bytes; ) {
    const name = random() < 0.8 ? oneOf(random, names) : oneOf(random, ['1A2B/', '', 'x/']) + text(random, 4);
    const payload = text(random, 4);
    const retained = random() < 0.1;
    fed += name.length + payload.length;
    const asked = parseCommand(name, payload, retained, overview);
    if (!asked) seen.ignored++;
    else if ('refusal' in asked) seen.refused++;
    else {
      seen.accepted++;
      assert.ok(!retained, name);
      if ('amps' in asked.command) within(asked.command, asked.command.amps, payload);
      if ('seconds' in asked.command) assert.ok(asked.command.seconds >= 1 && asked.command.seconds <= 86_400, payload);
    }
    // A share of them goes all the way to the wire.
    if (random() < 0.05 && world.now() < 3_600_000) {
      world.input({ type: 'message', topic: `TWC/${name}`, payload, retained });
      world.pass(below(random, 1_500));
    }
  }
  for (const { bytes: sent } of world.said)
    assert.equal(forbidden(sent, { maxAmps: 20, relay: false, askPlugState: false }), undefined);
  return { seen: { ...seen, said: world.said.length } };
}

/** A limit of a charger may be 0, which stops it, and the circuit any less than the minimum; nothing else is below that. */
function within({ type }: { readonly type: string }, amps: number, payload: string): void {
  const most = type === 'limit' ? 20 : 24;
  const stops = (type === 'limit' && amps === 0) || (type === 'circuit' && [0, 1, 2, 3, 4, 5].includes(amps));
  assert.ok(stops || (Number.isInteger(amps) && amps >= limits.minAmpsPerTWC && amps <= most), payload);
}

function text(random: Random, most: number): string {
  return Array.from({ length: below(random, most + 1) }, () => oneOf(random, words)).join('');
}
