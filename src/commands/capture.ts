// The command `capture`: the bridge as `run` runs it, with everything on the bus recorded from the first byte on.

import { randomBytes } from 'node:crypto';
import { findSettings, type Setup } from '../config/setup.ts';
import { openBroker } from '../io/broker.ts';
import { bounded } from '../io/deferred.ts';
import { configuredBroker } from '../settings.ts';
import { collect } from './forget.ts';
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
async function isRunning({ config, brokerSource }: Setup): Promise<boolean> {
  const prefix = config['status.MQTT.topicPrefix'];
  const signal = AbortSignal.timeout(ANSWERS_WITHIN);
  const arrived = new Map<string, () => void>();
  let status = '';
  try {
    const address = { ...configuredBroker(config), ...(await brokerSource?.(signal)) };
    if (config['status.MQTT.broker'].type === 'embedded') return false;
    const clientId = `twc2mqtt-capture-${randomBytes(4).toString('hex')}`;
    const broker = await openBroker(
      { ...address, clientId, statusTopic: undefined, warn() {} },
      ({ topic, payload }) => {
        if (topic === `${prefix}/status`) status = payload;
        arrived.get(topic)?.();
      },
      signal,
    );
    try {
      await bounded(collect(broker, [`${prefix}/status`], prefix, arrived), { signal });
    } finally {
      await broker.close();
    }
  } catch {
    return false;
  }
  return status === 'online';
}
