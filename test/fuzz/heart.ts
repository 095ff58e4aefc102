// The heart on a bus of noise. What noise can never do: make a listener speak, make a master say anything that it would
// not have said, or have it say something that is not on the allow-list.

import assert from 'node:assert/strict';
import { createBridge } from '../../src/bridge.ts';
import type { BridgeSettings } from '../../src/bridge-settings.ts';
import { type AllowList, forbidden } from '../../src/protocol/allow-list.ts';
import { type Decoded, decode } from '../../src/protocol/codec.ts';
import { masterMessages, type Row, slaveMessages } from '../../src/protocol/messages.ts';
import { Cutter } from '../../src/protocol/slip.ts';
import type { Input } from '../../src/step.ts';
import { hex } from '../protocol/arbitrary.ts';
import { type Random, randomness } from '../randomness.ts';
import { createWorld, defaults, heartbeats, largestGap, limits, slave, tesla, type World } from '../world.ts';
import type { Outcome } from './fuzz.ts';
import { below, forged, noise } from './noise.ts';

const permit: AllowList = {
  maxAmps: Math.min(limits.maxAmpsForSlaves, limits.maxAmpsPerTWC),
  relay: false,
  askPlugState: false,
};
const slaves = Object.values<Row>(slaveMessages);
const ids = ['1A2B', '3C4D', '5E6F'];
const MINUTE = 60_000;
const LONGEST_TEXT = 1_000;
const C0 = Uint8Array.of(0xc0);

/** A listener never says a word, to no frame and to no noise. */
export function listener(random: Random, bytes: number): Outcome {
  const crank = createCrank({ mode: 'listen' });
  for (let fed = 0; fed < bytes; ) {
    const piece = random() < 0.3 ? forged(random) : noise(random);
    fed += piece.length;
    assert.deepEqual(crank.feed(piece, below(random, 300)), []);
  }
  const { logged, published } = crank.seen;
  return { seen: { logged, published }, fed: crank };
}

/** With nobody on the bus a master announces itself and then holds its tongue, however much noise there is. */
export function deafMaster(random: Random, bytes: number): Outcome {
  const STEPS = 2_000;
  const expected: string[] = [];
  const quiet = createCrank({});
  for (let i = 0; i < STEPS; i++) expected.push(...quiet.feed(new Uint8Array(), 50));
  assert.ok(expected.length > 0);
  let lives = 0;
  for (let fed = 0; fed < bytes; lives++) {
    const crank = createCrank({});
    const said: string[] = [];
    for (let i = 0; i < STEPS; i++) {
      const piece = senseless(random);
      fed += piece.length;
      said.push(...crank.feed(piece, 10 + below(random, 40)));
    }
    assert.deepEqual(said, expected);
  }
  return { seen: { lives, said: expected.length } };
}

/**
 * Noise just before and after the chargers' answers changes nothing: the same is said and published at the same times, but
 * for the words on the noise itself.
 */
export function noisyBus(random: Random, bytes: number): Outcome {
  const seen = { said: 0, published: 0 };
  for (let fed = 0; fed < bytes; ) {
    const beside = (answer: Uint8Array) => {
      const pieces = [senseless(random), answer, senseless(random)];
      fed += pieces.reduce((sum, { length }) => sum + length, 0);
      return Buffer.concat(pieces);
    };
    const [clean, noisy] = [threeSlaves(), threeSlaves(beside)];
    for (const world of [clean, noisy]) world.pass(5 * MINUTE);
    assert.deepEqual(told(noisy), told(clean));
    seen.said += noisy.said.length;
    seen.published += noisy.published.length;
  }
  return { seen };
}

/** Noise at any time: only what is allowed is said, only to chargers that are there, and none waits too long. */
export function noisyMaster(random: Random, bytes: number): Outcome {
  const seen = { said: 0, published: 0 };
  for (let fed = 0; fed < bytes; ) {
    const world = threeSlaves();
    while (world.now() < 5 * MINUTE) {
      world.pass(below(random, 200));
      for (let pieces = below(random, 8); pieces > 0; pieces--) {
        const piece = senseless(random);
        fed += piece.length;
        world.input({ type: 'bytes', bytes: piece });
      }
    }
    for (const { bytes: sent } of world.said) allowed(sent, new Set(ids));
    for (const id of ids) assert.ok(largestGap(heartbeats(world, id).map(({ at }) => at)) <= 2_000, id);
    seen.said += world.said.length;
    seen.published += world.published.length;
  }
  return { seen };
}

/** Frames that pass for true ones: a master may answer them, with what is allowed and to whoever was heard. */
export function rivals(random: Random, bytes: number): Outcome {
  const crank = createCrank({});
  const ear = new Cutter();
  const heard = new Set<string>();
  let mastersToo = false;
  for (let fed = 0; fed < bytes; ) {
    // For a while slaves only: another master would silence us nearly for ever.
    if (random() < 0.005) mastersToo = !mastersToo;
    const piece = !mastersToo ? forged(random, slaves) : random() < 0.5 ? forged(random) : noise(random);
    fed += piece.length;
    for (const { frame } of ear.cut(piece, 0)) {
      const id = frame && slaveIn(decode(frame));
      if (id !== undefined) heard.add(id);
    }
    for (const sent of crank.feed(piece, random() < 0.01 ? below(random, 30_000) : below(random, 200))) {
      allowed(Buffer.from(sent, 'hex'), heard);
    }
  }
  return { seen: { ...crank.seen, heard: heard.size }, fed: crank };
}

function threeSlaves(line?: (bytes: Uint8Array) => Uint8Array): World {
  const visits = (every: number) => (now: number) => (now % every < every / 2 ? tesla : undefined);
  const slaves = ids.map((id, i) => slave(id, { car: visits((i + 1) * MINUTE) }));
  return createWorld({ slaves, ...(line && { line }) });
}

function told(world: World): string[] {
  const ofTheBus = world.published.filter(({ topic }) => !/^TWC\/(bridge\/|problem$)/.test(topic));
  return [
    ...world.said.map(({ at, bytes }) => `${at} ${hex(bytes)}`),
    ...ofTheBus.map(({ at, topic, payload }) => `${at} ${topic} ${payload}`),
  ];
}

/** Noise between two C0 in which there is no message. */
function senseless(random: Random): Uint8Array {
  for (;;) {
    const piece = Buffer.concat([C0, noise(random), C0]);
    const cuts = new Cutter().cut(piece, 0);
    if (!cuts.some(({ frame }) => frame && decode(frame).valid)) return piece;
  }
}

function slaveIn(decoded: Decoded): string | undefined {
  const { message } = decoded.valid ? decoded : {};
  return message && message.name in slaveMessages && 'sender' in message ? message.sender : undefined;
}

function allowed(bytes: Uint8Array, receivers: ReadonlySet<string>): void {
  assert.equal(forbidden(bytes, permit), undefined, hex(bytes));
  const frame = new Cutter().cut(bytes, 0)[0]?.frame;
  const decoded = frame && decode(frame);
  assert.ok(decoded?.valid && decoded.message.name in masterMessages, hex(bytes));
  if ('receiver' in decoded.message) assert.ok(receivers.has(decoded.message.receiver), hex(bytes));
}

/** A bridge of its own that is fed with bytes; the broker takes everything at once. */
function createCrank(settings: Partial<BridgeSettings>) {
  const bridge = createBridge({ ...defaults, random: randomness(1), ...settings }, 0);
  const seen = { logged: 0, published: 0, sent: 0 };
  let now = 0;

  function turn(input: Input): string[] {
    return bridge.step(input, now).flatMap((output) => {
      if (output.type === 'log') {
        seen.logged++;
        assert.ok(output.text.length < LONGEST_TEXT, output.text);
      }
      if (output.type === 'publish') {
        seen.published++;
        assert.ok(output.payload.length < LONGEST_TEXT, output.payload);
        return turn({ type: 'delivered', topic: output.topic });
      }
      if (output.type !== 'send') return [];
      seen.sent++;
      return [Buffer.from(output.bytes).toString('hex')];
    });
  }

  turn({ type: 'broker', up: true });
  turn({ type: 'link', up: true });
  return {
    seen,
    /** What the bridge says, in hex, while time passes and then when these bytes come. */
    feed(bytes: Uint8Array, after: number): string[] {
      now += after;
      return [...turn({ type: 'time' }), ...turn({ type: 'bytes', bytes })];
    },
  };
}
