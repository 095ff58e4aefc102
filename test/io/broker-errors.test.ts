// What goes wrong with a broker, in an owner's words.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { describeError } from '../../src/io/broker-errors.ts';

test('a port at which something else answers, as that of a web page, is told as that', async () => {
  const page = createServer().listen(0, '127.0.0.1');
  await once(page, 'listening');
  const url = `mqtt://127.0.0.1:${(page.address() as AddressInfo).port}`;
  try {
    const error = await connectAsync(url, { reconnectPeriod: 0 }, false).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(describeError(url, error as Error).message).toMatch(
      /^mqtt:\/\/127\.0\.0\.1:\d+: what answers there does not speak MQTT; is the port right\? \(Invalid header .*\)$/,
    );
  } finally {
    page.closeAllConnections();
    page.close();
  }
});

test('an error without words of ours keeps its own', () => {
  expect(describeError('mqtt://a', new Error('odd')).message).toBe('mqtt://a: odd');
});
