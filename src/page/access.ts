// Which visitors are served. The page has no login: the address that it listens on keeps strangers out, and in Home Assistant only
// the Supervisor is answered. Other web pages in the owner's own browser are stopped here: by the host name of their request (DNS
// rebinding) and by the origin of their scripts (CSRF).

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { PageAddress } from '../config/setup.ts';

export interface Visit {
  readonly method: string;
  readonly path: string;
  /** Where the connection comes from. */
  readonly address: string | undefined;
  readonly headers: {
    readonly host?: string | undefined;
    readonly origin?: string | undefined;
    readonly 'sec-fetch-site'?: string | string[] | undefined;
    readonly 'content-type'?: string | undefined;
  };
}

export interface Refused {
  readonly status: number;
  readonly reason: string;
}

/** Why a visitor is not served, undefined if it is. */
export function refused(visit: Visit, { host, only }: PageAddress): Refused | undefined {
  const { method, path, headers } = visit;
  if (only !== undefined && plain(visit.address) !== only)
    return { status: 403, reason: 'only Home Assistant is served' };
  if (only === undefined && !isOwnName(headers.host ?? '', host)) {
    return { status: 403, reason: 'served under its address or the name of this machine only' };
  }
  if (!['GET', 'HEAD', 'POST'].includes(method)) return { status: 405, reason: 'expected GET or POST' };
  if (/^\/(api|captures)\//.test(path) && isForeign(visit, only !== undefined)) {
    return { status: 403, reason: 'only our own page may ask for this' };
  }
  if (method !== 'POST') return undefined;
  if (!/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) return { status: 415, reason: 'expected JSON' };
  return undefined;
}

/** An attacker's name can lead to our address; an address itself, and our own names, cannot be theirs. */
function isOwnName(header: string, listening: string): boolean {
  const [, address, name] = /^(?:\[(.*)\]|([^:]*))(?::\d+)?$/.exec(header.toLowerCase()) ?? [];
  const own = hostname().toLowerCase();
  if (isIP(address ?? name ?? '') !== 0) return true;
  return name !== undefined && ['localhost', listening.toLowerCase(), own, `${own}.local`].includes(name);
}

/** Another page's script. A browser that does not say so itself names the page; programs that are no browsers say neither. */
function isForeign({ headers }: Visit, proxied: boolean): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  // A proxy has its own name for us; what it lets through without a preflight is no JSON.
  if (headers.origin === undefined || proxied) return false;
  return headers.origin.toLowerCase().replace(/^https?:\/\//, '') !== headers.host?.toLowerCase();
}

/** An IPv4 address on a socket for both kinds looks like `::ffff:172.30.32.2`. */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:/i, '');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
