// Where the page is served, as an owner writes it.

import { value } from '../schema.ts';

/** An address of this machine; no host means all of them. */
export type Listen =
  | { readonly type: 'nowhere' }
  | { readonly type: 'address'; readonly host: string; readonly port: number };

export const listen = value<Listen>('nothing, or host:port such as 127.0.0.1:8099', (found) => {
  if (found === '') return { type: 'nowhere' };
  const [, host = '', digits] = /^(\[[0-9A-Fa-f:.]+\]|[\w.-]+):(\d{1,5})$/.exec(String(found)) ?? [];
  const port = Number(digits);
  return port > 0 && port < 65_536 ? { type: 'address', host: host.replace(/^\[|\]$/g, ''), port } : undefined;
});
