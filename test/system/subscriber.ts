// Somebody who listens to the broker and keeps everything.

import { connectAsync } from 'mqtt';
import { until } from './until.ts';

interface Received {
  readonly at: number;
  readonly topic: string;
  readonly payload: string;
  /** Sent on subscribing, from what the broker keeps. */
  readonly retained: boolean;
}

export interface Subscriber extends AsyncDisposable {
  readonly messages: readonly Received[];
  /** The newest payload of a topic. */
  value(topic: string): string | undefined;
  /** All newest payloads by topic. */
  values(): Record<string, string>;
  /** Waits for a topic to have, or come to have, a payload. */
  sees(topic: string, payload: string | RegExp, within?: number): Promise<void>;
  forget(): void;
}

export interface SubscriberSettings {
  /** One, or several. */
  readonly filter?: string | readonly string[];
  readonly username?: string;
  readonly password?: string;
  readonly ca?: Buffer;
}

/** Comes back by itself when the broker does. */
export async function subscribe(url: string, { filter = '#', ...login }: SubscriberSettings = {}): Promise<Subscriber> {
  const client = await connectAsync(url, { ...login, reconnectPeriod: 100, reconnectOnConnackError: true });
  const messages: Received[] = [];
  client.on('error', () => {});
  client.on('message', (topic, payload, { retain }) => {
    messages.push({ at: performance.now(), topic, payload: payload.toString(), retained: retain });
  });
  await client.subscribeAsync([filter].flat(), { qos: 1 });
  const value = (topic: string) => messages.findLast((one) => one.topic === topic)?.payload;
  return {
    messages,
    value,
    values: () => Object.fromEntries(messages.map(({ topic, payload }) => [topic, payload])),
    async sees(topic, payload, within) {
      const fits = (got: string | undefined) =>
        got !== undefined && (typeof payload === 'string' ? got === payload : payload.test(got));
      await until(
        () => fits(value(topic)),
        () => `${topic} is ${payload}, but it is ${value(topic)}`,
        within,
      );
    },
    forget: () => void messages.splice(0),
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
    },
  };
}
