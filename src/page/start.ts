// Starts the page, if it can be served: without it the chargers are served all the same. Its server is loaded only here,
// for those who want it.

import type { Log } from '../io/log.ts';
import { isLoopback } from './access.ts';
import type { Page, PageSettings } from './page.ts';

export async function startPage(settings: PageSettings, log: Log): Promise<Page | undefined> {
  const { host, port, only } = settings.address;
  const { openPage } = await import('./page.ts');
  let page: Page;
  try {
    page = await openPage(settings);
  } catch (error) {
    const place = `${host || 'all addresses'}, port ${port}`;
    log('warn', `page: not served at ${place}: ${reasonOf(error)}`);
    return undefined;
  }
  const shown = host.includes(':') ? `[${host}]` : host;
  if (only === undefined) log('info', `page: http://${shown}:${page.port}/`);
  else log('info', `page: served to Home Assistant on port ${page.port}`);
  if (only === undefined && !isLoopback(host)) {
    log('warn', 'page: it has no login, and everybody on the network can see it and change limits');
  }
  return page;
}

const words: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not have this port',
  ENOTFOUND: 'there is no such host',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return words[code] ?? String(error);
}
