// Home Assistant's Supervisor as an app meets it: the answers that a test sets, and who asked when.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (response: ServerResponse) => void;

export interface Supervisor extends AsyncDisposable {
  readonly url: string;
  /** When it was asked for the broker by somebody with the right token (ms). */
  readonly asked: readonly number[];
  /** Whatever else was asked, or by somebody without the token. */
  readonly strange: readonly string[];
  /** From now on it answers so. */
  answers(answer: Answer): void;
}

export const token = 'a'.repeat(112);

export async function startSupervisor(first: Answer): Promise<Supervisor> {
  const asked: number[] = [];
  const strange: string[] = [];
  let answer = first;
  const server = createServer(({ method, url, headers }, response) => {
    const wanted = method === 'GET' && url === '/services/mqtt' && headers.authorization === `Bearer ${token}`;
    if (wanted) asked.push(performance.now());
    else strange.push(`${method} ${url}`);
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    strange,
    answers(next) {
      answer = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function json(status: number, body: unknown): Answer {
  return text(status, JSON.stringify(body), 'application/json');
}

export function text(status: number, body: string, type = 'text/plain'): Answer {
  return (response) => void response.writeHead(status, { 'content-type': type }).end(body);
}

export function refusal(status: number, message: string): Answer {
  return json(status, { result: 'error', message });
}

/** As the Mosquitto app registers itself. */
export function broker(port: number, fields: Readonly<Record<string, unknown>> = {}): Answer {
  const usual = { host: '127.0.0.1', port, ssl: false, protocol: '3.1.1', addon: 'core_mosquitto' };
  return json(200, { result: 'ok', data: { ...usual, ...fields } });
}

export const notEnabled = refusal(400, 'Service not enabled');
/** Never answers. */
export const hangs: Answer = () => {};
/** Begins an answer that never ends. */
export const hangsHalfway: Answer = (response) => void response.writeHead(200).write('{"result": "ok",');
export const hangsUp: Answer = (response) => void response.destroy();
