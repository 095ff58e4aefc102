// Serial adapters by their lasting names: links that stay the same when adapters are plugged in another order.

import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export const BY_ID = '/dev/serial/by-id/';

export interface Adapter {
  /** The link with the lasting name. */
  readonly path: string;
  /** What it points to now. */
  readonly device: string;
}

/** Sorted by name; none when there is no such folder. */
export async function adaptersIn(folder: string): Promise<readonly Adapter[]> {
  const names = await readdir(folder).catch(() => []);
  const paths = names.sort().map((name) => join(folder, name));
  return Promise.all(paths.map(async (path) => ({ path, device: await realpath(path).catch(() => path) })));
}

/** The path of the only adapter in a folder; rejects with an error in an owner's words when there are none or several. */
export async function onlyAdapter(folder: string): Promise<string> {
  const found = await adaptersIn(folder);
  const [first] = found;
  if (!first) throw new Error(`${folder}: there is no serial adapter; is it plugged in?`);
  if (new Set(found.map(({ device }) => device)).size === 1) return first.path;
  const paths = found.map(({ path }) => path).join(' and ');
  throw new Error(`${folder}: more than one serial adapter, choose one in the configuration: ${paths}`);
}
