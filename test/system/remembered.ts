// What a bridge remembers of the chargers on a cable. One that knows none gives nobody more than the least for half a minute,
// since what another master gave must have lapsed: tests of other things do not wait for that.

import { writeFile } from 'node:fs/promises';
import type { Written } from '../../src/config/options.ts';
import type { Slave } from '../../src/simulator/slave.ts';

const onCables = new Map<string, readonly Slave[]>();

/** These slaves are at the end of the cable that a bridge has under this port. */
export function connected(port: string, slaves: readonly Slave[]): void {
  onCables.set(port, slaves);
}

/** Writes the state of a bridge that has been the master on its cable before, unless it has a state. */
export async function remember(file: string, settings: Written): Promise<void> {
  const port = settings['interface.port'];
  const slaves = typeof port === 'string' && settings['interface.mode'] !== 'listen' ? onCables.get(port) : undefined;
  if (!slaves?.length) return;
  const chargers = slaves.map(({ id, version }) => ({ id, version }));
  const clientId = `twc2mqtt-${Math.random().toString(16).slice(2, 14).padEnd(12, '0')}`;
  try {
    await writeFile(file, JSON.stringify({ version: 1, clientId, port, chargers }), { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
