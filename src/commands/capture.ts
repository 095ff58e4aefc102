// The command `capture`: the bridge as `run` runs it, with everything on the bus recorded from the first byte on.

import { findSettings, type Setup } from '../config/setup.ts';
import { bounded } from '../io/deferred.ts';
import { openBrokerClient } from './broker-client.ts';
import { ofRunning, runBridge } from './run.ts';

/** Throws an Error in an owner's words when a bridge with this configuration runs already. */
export async function captureCommand(path: string, file: string): Promise<void> {
  const setup = await findSettings(file, process.env);
  if (await isRunning(setup)) {
    throw new Error(`The bridge is running: stop it first, or record what it does. ${ofRunning(setup)}`);
  }
  await runBridge(file, path);
}

const ANSWERS_WITHIN = 5_000;

/**
 * A second bridge would take the first one's place at the broker, so ask there. Where the broker is our own or does not
 * answer, the port will be taken, and the log says so.
 */
async function isRunning(setup: Setup): Promise<boolean> {
  const status = `${setup.config['status.MQTT.topicPrefix']}/status`;
  const signal = AbortSignal.timeout(ANSWERS_WITHIN);
  try {
    const client = await openBrokerClient({ ...setup, name: 'capture', signal, warn() {} });
    try {
      const held = await bounded(client.retained([status]), { signal });
      return held.get(status) === 'online';
    } finally {
      await client.close();
    }
  } catch {
    return false;
  }
}
