// Which broker is used, as an owner writes it.

import { value, Wrong } from '../schema.ts';
import { urlOf } from './port.ts';

/** `name` is how it is shown, and what announcements are remembered by. */
export type BrokerChoice =
  /** One of our own, on this machine only. */
  | { readonly type: 'embedded'; readonly name: string; readonly port: number }
  /** One broker, or the nodes of a cluster; each `mqtt://host:port` or `mqtts://host:port`. */
  | { readonly type: 'urls'; readonly name: string; readonly urls: readonly [string, ...string[]] }
  /** The one that Home Assistant knows, wherever that is just now. */
  | { readonly type: 'supervisor'; readonly name: 'supervisor' };

export const SUPERVISOR: BrokerChoice = { type: 'supervisor', name: 'supervisor' };

const EMBEDDED_PORT = 1883;
const MOST_NODES = 16;
const expected = 'mqtt://host:1883, mqtts://host:8883, a list of such addresses, embedded or embedded:PORT';

export const brokerChoice = value<BrokerChoice>(expected, (found) => {
  const all: readonly unknown[] = Array.isArray(found) ? found : [found];
  const embedded = typeof found === 'string' ? /^embedded(?::(\d{1,5}))?$/.exec(found) : undefined;
  if (embedded) return embeddedAt(found as string, Number(embedded[1] ?? EMBEDDED_PORT));
  const problem = all.map(problemOf).find((one) => one !== undefined);
  if (problem !== undefined) return new Wrong(problem);
  const [first, ...others] = all.map(String);
  if (first === undefined || all.length > MOST_NODES) return new Wrong(`from 1 to ${MOST_NODES} addresses in a list`);
  return { type: 'urls', name: all.join(', '), urls: [first, ...others] };
});

function embeddedAt(name: string, port: number): BrokerChoice | undefined {
  return port > 0 && port < 65_536 ? { type: 'embedded', name, port } : undefined;
}

/** A name and password in the address would end up in logs. */
const CREDENTIALS =
  'an address without a name and a password (put these into status.MQTT.username and status.MQTT.password)';

function problemOf(found: unknown): string | undefined {
  if (typeof found !== 'string') return expected;
  const [, scheme = '', rest = ''] = /^(mqtts?):\/\/(.*)$/.exec(found) ?? [];
  if (rest.includes('@')) return CREDENTIALS;
  if (/\s/.test(found)) return 'an address without spaces';
  const port = /:(\d+)\/?$/.exec(rest)?.[1];
  if (scheme !== '' && port !== undefined && (Number(port) === 0 || Number(port) > 65_535))
    return 'a port from 1 to 65535';
  const url = urlOf(found);
  if (scheme === '' || !url || url.hostname === '') return likely(found) ?? expected;
  const { host, pathname, search, hash } = url;
  const isPlain = ['', '/'].includes(pathname) && search === '' && hash === '';
  return isPlain ? undefined : `an address that ends with the port, such as ${scheme}://${host}`;
}

/** What was meant by an address that is none. */
function likely(found: string): string | undefined {
  const host = /^(?:[\w.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/.exec(found)?.[0];
  if (host !== undefined) return `an address with mqtt:// before it, such as mqtt://${host}`;
  const [, scheme = '', rest = ''] = /^(tcp|http|ssl|tls|https|wss?):\/\/(.*)$/.exec(found) ?? [];
  if (scheme === '') return undefined;
  if (scheme.startsWith('ws')) return 'mqtt:// or mqtts:// (MQTT over WebSockets is not supported)';
  return `an address such as ${['tcp', 'http'].includes(scheme) ? 'mqtt' : 'mqtts'}://${rest}`;
}
