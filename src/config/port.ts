// Where the chargers are, as an owner writes it.

import { isAbsolute } from 'node:path';
import { type Port, SIMULATOR } from '../io/link.ts';
import { value, Wrong } from '../schema.ts';

const expected = 'a serial device such as /dev/serial/by-id/…, tcp://host:port or simulator';

export const port = value<Port>(expected, (found) => {
  if (typeof found !== 'string') return undefined;
  if (found === SIMULATOR.name) return SIMULATOR;
  if (/^COM\d+$/i.test(found)) return { type: 'serial', name: found.toUpperCase() };
  if (isAbsolute(found)) return { type: found.endsWith('/') ? 'folder' : 'serial', name: found };
  if (/^tty\w+$/.test(found)) return new Wrong(`the whole path of a serial device, such as /dev/${found}`);
  return network(found);
});

const RAW_TCP =
  'tcp://host:port of a serial server that passes on the bytes as they are (raw TCP, 9600 baud, 8N1). rfc2217:// is not supported: set the same ser2net or converter to raw TCP, in ser2net "accepter: tcp,PORT" and "connector: serialdev,/dev/…,9600n81,local"';

/** Other programs call the same thing `socket://`. */
function network(found: string): Port | Wrong | undefined {
  const [, scheme = '', address = ''] = /^(\w+):\/\/(.*)$/.exec(found) ?? [];
  if (/^rfc2217$/i.test(scheme)) return new Wrong(RAW_TCP);
  if (!/^(tcp|socket)$/i.test(scheme)) return undefined;
  if (address.includes('@')) return new Wrong('tcp://host:port without a name and a password');
  const { hostname: host = '', port, pathname, search } = urlOf(`tcp://${address}`) ?? {};
  const isPlain = host !== '' && ['', '/'].includes(pathname ?? '') && search === '';
  if (!isPlain || !port || Number(port) === 0) return new Wrong('tcp://host:port with a port from 1 to 65535');
  return { type: 'tcp', name: `tcp://${host}:${port}`, host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

export function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
