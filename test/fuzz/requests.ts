// Commands of chance over MQTT: nothing throws, and none that is accepted is out of range.

import assert from 'node:assert/strict';
import { newCharger } from '../../src/charger/charger.ts';
import type { Limits } from '../../src/control/limits.ts';
import { forbidden } from '../../src/protocol/allow-list.ts';
import { bridgeCommands, chargerCommands, parseCommand } from '../../src/topics/commands.ts';
import type { Random } from '../randomness.ts';
import { createWorld, fleetOf, id, slave } from '../world.ts';
import type { Outcome } from './fuzz.ts';
import { below, oneOf } from './noise.ts';

const limits: Limits = { maxAmpsForSlaves: 24, maxAmpsPerTWC: 20, minAmpsPerTWC: 7 };
const names = [...Object.keys(chargerCommands).map((name) => `1A2B/${name}`), ...Object.keys(bridgeCommands)];
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
  const charger = { ...newCharger(id('1A2B'), 0), confirmed: true, ratedAmps: 32 };
  const context = { topicPrefix: 'TWC', limits, fleet: fleetOf(charger) };
  const world = createWorld({ limits, slaves: [slave('1A2B')], acknowledgesAfter: 1 });
  const seen = { accepted: 0, refused: 0, ignored: 0 };
  for (let fed = 0; fed < bytes; ) {
    const topic = random() < 0.8 ? `TWC/${oneOf(random, names)}` : oneOf(random, ['TWC/', '', 'x/']) + text(random, 4);
    const payload = text(random, 4);
    const retained = random() < 0.1;
    fed += topic.length + payload.length;
    const asked = parseCommand(topic, payload, retained, context);
    if (!asked) seen.ignored++;
    else if ('refusal' in asked) seen.refused++;
    else {
      seen.accepted++;
      assert.ok(!retained, topic);
      if ('amps' in asked.command) within(asked.command.amps, asked.command.type === 'limit' ? 20 : 24, payload);
      if ('seconds' in asked.command) assert.ok(asked.command.seconds >= 1 && asked.command.seconds <= 86_400, payload);
    }
    // A share of them goes all the way to the wire.
    if (random() < 0.05 && world.now() < 3_600_000) {
      world.input({ type: 'message', topic, payload, retained });
      world.pass(below(random, 1_500));
    }
  }
  for (const { bytes: sent } of world.said)
    assert.equal(forbidden(sent, { maxAmps: 20, relay: false, askPlugState: false }), undefined);
  return { seen: { ...seen, said: world.said.length } };
}

function within(amps: number, most: number, payload: string): void {
  assert.ok(Number.isInteger(amps) && amps >= limits.minAmpsPerTWC && amps <= most, payload);
}

function text(random: Random, most: number): string {
  return Array.from({ length: below(random, most + 1) }, () => oneOf(random, words)).join('');
}
