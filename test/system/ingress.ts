// Home Assistant's way to the page of an app: a prefix with a token that is stripped, headers that say who asks, and a
// Supervisor that always comes from the same address. The page stands in a frame there.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Ingress extends AsyncDisposable {
  /** Where Home Assistant shows the page in a frame. */
  readonly panel: string;
  /** The page alone. */
  readonly entry: string;
}

const PREFIX = '/api/hassio_ingress/Zm9yLXRoZS10ZXN0LW9ubHk';

/** `from`: the address that the Supervisor has for the app at `port`. */
export async function startIngress(port: number, from: string): Promise<Ingress> {
  const server = createServer((asked, answer) => {
    const { url = '', method, headers } = asked;
    if (url === '/panel') {
      answer.writeHead(200, { 'content-type': 'text/html' });
      answer.end(
        `<!doctype html><title>Home Assistant</title><iframe title="Wall Connectors" src="${PREFIX}/"></iframe>`,
      );
      return;
    }
    if (!url.startsWith(`${PREFIX}/`)) {
      answer.writeHead(404).end();
      return;
    }
    const added = {
      'x-ingress-path': PREFIX,
      'x-hass-source': 'core.ingress',
      'x-forwarded-for': '192.168.1.50',
      'x-forwarded-host': headers.host,
      'x-forwarded-proto': 'http',
      'x-remote-user-name': 'owner',
    };
    const path = url.slice(PREFIX.length);
    const passed = request({
      host: '127.0.0.1',
      port,
      localAddress: from,
      path,
      method,
      headers: { ...headers, ...added },
    });
    passed.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on('error', () => answer.writeHead(502).end());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port: own } = server.address() as AddressInfo;
  const home = `http://127.0.0.1:${own}`;
  return {
    panel: `${home}/panel`,
    entry: `${home}${PREFIX}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
