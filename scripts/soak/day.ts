// A day of the heart in simulated time: three chargers, cars that come and go, a broker that is away or takes nothing for
// hours, a link that is lost, a charger that is switched off, noise on the line.

import { createBridge } from '../../src/bridge.ts';
import { createSimulatedBus } from '../../src/simulator/bus.ts';
import type { Bridge, Input, Output } from '../../src/step.ts';
import { heapInUse } from '../../test/fuzz/heap.ts';
import { damaged } from '../../test/fuzz/noise.ts';
import { randomness } from '../../test/randomness.ts';
import { defaults, slave, switchable, tesla } from '../../test/world.ts';
import { type Sample, slope } from './slope.ts';

export interface Day {
  readonly hours: number;
  readonly frames: number;
  readonly published: number;
  /** Of the heap, kB in a simulated hour. */
  readonly heapSlopeKB: number;
  readonly heapMB: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What is loaded and compiled in the first hours is no growth. */
const WARM_UP = 4;

export function day(hours: number): Day {
  const random = randomness(1);
  let now = 0;
  const within = (every: number, from: number, lasts: number) => now % every >= from && now % every < from + lasts;
  const away = {
    broker: () => within(3 * HOUR, 40 * MINUTE, 10 * MINUTE),
    acknowledgements: () => within(6 * HOUR, 2 * HOUR, 2 * HOUR),
    link: () => within(90 * MINUTE, 30 * MINUTE, MINUTE),
    charger: () => within(4 * HOUR, HOUR, 5 * MINUTE),
  };
  const car = (every: number) => (at: number) =>
    at % every < every / 2 ? { ...tesla, amps: 7 + 8 * ((at / 7_919) % 1) } : undefined;
  const slaves = ['1A2B', '3C4D', '5E6F'].map((id, i) =>
    switchable(slave(id, { car: car((35 + 10 * i) * MINUTE) }), () => i > 0 || !away.charger()),
  );
  const bus = createSimulatedBus(slaves);
  const bridge: Bridge = createBridge({ ...defaults, discovery: { ...defaults.discovery, mode: 'entity' } }, 0);
  const heap: Sample[] = [];
  const counts = { frames: 0, published: 0 };
  const up = { broker: false, link: false };
  let sampled = 0;

  function give(input: Input): void {
    for (const output of bridge.step(input, now)) perform(output);
  }

  function perform(output: Output): void {
    if (output.type === 'publish') {
      counts.published++;
      if (!away.acknowledgements()) give({ type: 'delivered', topic: output.topic });
    }
    if (output.type !== 'send') return;
    counts.frames++;
    if (up.link) bus.write(output.bytes, now);
  }

  function comeAndGo(): void {
    if (up.broker === away.broker()) {
      up.broker = !up.broker;
      give({ type: 'broker', up: up.broker });
    }
    if (up.link !== away.link()) return;
    up.link = !up.link;
    give(up.link ? { type: 'link', up: true } : { type: 'link', up: false, reason: 'it was unplugged' });
  }

  while (now < hours * HOUR) {
    comeAndGo();
    const bytes = bus.read(now);
    const noisy = random() < 0.01 ? Buffer.concat([bytes, damaged(random)]) : bytes;
    if (up.link && noisy.length > 0) give({ type: 'bytes', bytes: noisy });
    give({ type: 'time' });
    if (now >= sampled * (HOUR / 4)) {
      sampled++;
      if (now >= WARM_UP * HOUR || hours <= WARM_UP) heap.push({ at: now / HOUR, value: heapInUse() / 1_000 });
    }
    now = Math.max(now + 1, Math.min(bridge.wakeAt(now), bus.wakeAt, now + MINUTE));
  }
  const last = heap.at(-1)?.value ?? Number.NaN;
  return { hours, ...counts, heapSlopeKB: slope(heap), heapMB: last / 1_000 };
}
