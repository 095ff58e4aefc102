// The publisher against a model: any order of wishes, acknowledgements, outages and waiting.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Publication, Publisher } from '../../src/topics/publisher.ts';

/** One topic each: without a limit, with one, with a long one. */
const limits: Readonly<Record<string, number>> = { 'TWC/status': 0, 'TWC/1A2B/state': 1_000, 'TWC/3C4D/state': 60_000 };
const topics = Object.keys(limits);

type Event =
  | { readonly type: 'want'; readonly topic: string; readonly payload: string }
  | { readonly type: 'deliver' }
  | { readonly type: 'connect' | 'disconnect' | 'replay' }
  | { readonly type: 'wait'; readonly milliseconds: number };

const wish = fc.record({
  type: fc.constant('want' as const),
  topic: fc.constantFrom(...topics),
  payload: fc.constantFrom('a', 'b', 'c'),
});
const delivery = fc.constant<Event>({ type: 'deliver' });
const waiting = fc.oneof(
  fc.record({ type: fc.constant('wait' as const), milliseconds: fc.integer({ min: 0, max: 2_000 }) }),
  fc.constant<Event>({ type: 'wait', milliseconds: 60_000 }),
);
const events = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: wish },
    { weight: 4, arbitrary: delivery },
    { weight: 4, arbitrary: waiting },
    { weight: 1, arbitrary: fc.constantFrom<Event>({ type: 'connect' }, { type: 'disconnect' }, { type: 'replay' }) },
  ),
  { maxLength: 60 },
);

interface Sent extends Publication {
  readonly at: number;
  /** Counts connections and replays, each of which makes every topic due once. */
  readonly round: number;
}

/** A broker that holds what it got, and acknowledges when it is told to. */
function createModel(publisher: Publisher) {
  const sent: Sent[] = [];
  const wanted = new Map<string, string>();
  const unacknowledged = new Set<string>();
  let now = 0;
  let round = 0;
  let up = false;

  function collect(): void {
    const due = publisher.due(now);
    expect(due.length).toBeLessThanOrEqual(wanted.size);
    if (!up) expect(due).toEqual([]);
    for (const { topic, payload } of due) {
      expect(unacknowledged.has(topic), `${topic} is still unacknowledged`).toBe(false);
      expect(payload).toBe(wanted.get(topic));
      unacknowledged.add(topic);
      sent.push({ topic, payload, at: now, round });
    }
  }

  function happen(event: Event): void {
    switch (event.type) {
      case 'want':
        wanted.set(event.topic, event.payload);
        publisher.want({ ...event, limit: limits[event.topic] ?? 0, rank: 1 });
        break;
      case 'deliver':
        for (const topic of unacknowledged) publisher.acknowledged(topic);
        unacknowledged.clear();
        break;
      case 'connect':
        round++;
        up = true;
        unacknowledged.clear();
        publisher.connected();
        break;
      case 'disconnect':
        up = false;
        unacknowledged.clear();
        publisher.disconnected();
        break;
      case 'replay':
        round++;
        publisher.replay();
        break;
      case 'wait':
        for (const end = now + event.milliseconds; now < end; ) {
          now = Math.min(end, Math.max(now + 1, publisher.wakeAt));
          collect();
        }
        break;
    }
    collect();
  }

  return { happen, sent, wanted, isUp: () => up };
}

describe('whatever happens', () => {
  test('every promise of the publisher is kept', () => {
    fc.assert(
      fc.property(events, (story) => {
        const model = createModel(new Publisher());
        for (const event of story) model.happen(event);
        // Then it falls quiet: the broker is there, takes everything, and time passes.
        if (!model.isUp()) model.happen({ type: 'connect' });
        for (let i = 0; i < 3; i++) {
          model.happen({ type: 'deliver' });
          model.happen({ type: 'wait', milliseconds: 60_000 });
        }
        for (const topic of topics) {
          const updates = model.sent.filter((one) => one.topic === topic);
          expect(updates.at(-1)?.payload, 'the last value wanted is the last one sent').toBe(model.wanted.get(topic));
          for (const [i, update] of updates.entries()) {
            const before = updates[i - 1];
            if (before?.round !== update.round) continue;
            expect(update.at - before.at).toBeGreaterThanOrEqual(limits[topic] ?? 0);
            expect(update.payload, 'nothing is said twice').not.toBe(before.payload);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('what is said last of a topic is said until the broker has it, and then no more', () => {
    fc.assert(
      fc.property(events, events, fc.constantFrom(...topics), (before, after, topic) => {
        const publisher = new Publisher();
        const model = createModel(publisher);
        for (const event of before) model.happen(event);
        model.wanted.set(topic, '');
        publisher.want({ topic, payload: '', limit: 0, atOnce: true, rank: 1, last: true });
        const others = after.filter((event) => event.type !== 'want' || event.topic !== topic);
        for (const event of [...others, { type: 'connect' } as const, { type: 'deliver' } as const])
          model.happen(event);
        expect(model.sent.findLast((one) => one.topic === topic)?.payload).toBe('');
        const said = model.sent.length;
        for (const type of ['deliver', 'replay', 'deliver', 'connect'] as const) model.happen({ type });
        expect(model.sent.slice(said).map((one) => one.topic)).not.toContain(topic);
      }),
      { numRuns: 500 },
    );
  });

  test('it sleeps until something is due, and wakes for it', () => {
    fc.assert(
      fc.property(events, (story) => {
        const publisher = new Publisher();
        const model = createModel(publisher);
        for (const event of story) {
          model.happen(event);
          // All that could be said has been said.
          expect(publisher.wakeAt).toBeGreaterThan(0);
        }
        if (!model.isUp()) expect(publisher.wakeAt).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });
});

describe('the newest value', () => {
  test('goes out at once when the topic has been quiet, else at the end of its window', () => {
    const publisher = connected();
    want(publisher, '1');
    expect(publisher.due(0)).toEqual([{ topic: 'TWC/1A2B/state', payload: '1' }]);
    publisher.acknowledged('TWC/1A2B/state');
    want(publisher, '2');
    want(publisher, '3');
    expect(publisher.wakeAt).toBe(1_000);
    expect(publisher.due(999)).toEqual([]);
    expect(publisher.due(1_000)).toEqual([{ topic: 'TWC/1A2B/state', payload: '3' }]);
  });

  test('is not sent when it is again what was sent last', () => {
    const publisher = connected();
    want(publisher, '1');
    publisher.due(0);
    publisher.acknowledged('TWC/1A2B/state');
    want(publisher, '2');
    want(publisher, '1');
    expect(publisher.wakeAt).toBe(Number.POSITIVE_INFINITY);
    expect(publisher.due(10_000)).toEqual([]);
  });

  test('waits behind what the broker has not taken yet', () => {
    const publisher = connected();
    want(publisher, '1');
    publisher.due(0);
    want(publisher, '2');
    expect(publisher.due(10_000)).toEqual([]);
    publisher.acknowledged('TWC/1A2B/state');
    expect(publisher.due(10_000)).toEqual([{ topic: 'TWC/1A2B/state', payload: '2' }]);
  });

  test('is sent again on each connection, the lowest rank first', () => {
    const publisher = connected();
    publisher.want({ topic: 'TWC/status', payload: 'online', limit: 0, rank: 3 });
    want(publisher, '1');
    publisher.want({ topic: 'config', payload: '{}', limit: 0, rank: 0 });
    publisher.due(0);
    publisher.disconnected();
    want(publisher, '2');
    expect(publisher.due(1)).toEqual([]);
    publisher.connected();
    expect(publisher.due(1)).toEqual([
      { topic: 'config', payload: '{}' },
      { topic: 'TWC/1A2B/state', payload: '2' },
      { topic: 'TWC/status', payload: 'online' },
    ]);
  });

  test('of a topic that is forgotten is not sent any more', () => {
    const publisher = connected();
    want(publisher, '1');
    publisher.forget('TWC/1A2B/state');
    expect(publisher.due(0)).toEqual([]);
    publisher.connected();
    expect(publisher.due(1)).toEqual([]);
  });
});

test('a broker that never answers gets one publication a topic, whatever is wanted', () => {
  const publisher = connected();
  let sent = 0;
  for (let i = 0; i < 100_000; i++) {
    for (const topic of topics) publisher.want({ topic, payload: String(i), limit: 0, rank: 1 });
    sent += publisher.due(i).length;
  }
  expect(sent).toBe(topics.length);
  publisher.disconnected();
  publisher.connected();
  expect(publisher.due(100_000)).toEqual(topics.map((topic) => ({ topic, payload: '99999' })));
});

function connected(): Publisher {
  const publisher = new Publisher();
  publisher.connected();
  return publisher;
}

function want(publisher: Publisher, payload: string): void {
  publisher.want({ topic: 'TWC/1A2B/state', payload, limit: 1_000, rank: 1 });
}
