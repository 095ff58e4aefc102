// What is known from before a restart, as far as it still fits the configuration.

import { randomBytes } from 'node:crypto';
import type { Config } from '../config/options.ts';
import { SIMULATOR } from '../io/link.ts';
import type { Log } from '../io/log.ts';
import { readState } from '../io/state-file.ts';
import { type SavedState, savedState } from './saved-state.ts';

export async function restore(path: string, config: Config, log: Log): Promise<SavedState> {
  const port = config['interface.port'].name;
  const broker = config['status.MQTT.broker'].name;
  const clientId = `twc2mqtt-${randomBytes(4).toString('hex')}`;
  const fresh = {
    version: 1,
    clientId,
    port,
    chargers: [],
    broker,
    announced: [],
    setPoints: { chargers: {} },
    sessions: [],
  } as const;
  try {
    const found = savedState(await readState(path));
    if (!found) return fresh;
    // Chargers of another bus are not chargers of this one, and announcements stay with their broker.
    const chargers = found.port === port ? found.chargers : [];
    const announced = found.broker === broker ? found.announced : [];
    // Wherever the adapter is now, a car that charged still has to be accounted for; but not a simulated one.
    const sessions = (found.port === SIMULATOR.name) === (port === SIMULATOR.name) ? found.sessions : [];
    return { ...found, port, chargers, broker, announced, sessions };
  } catch (error) {
    log('warn', `${path}: not usable, the chargers are learned anew: ${String(error)}`);
    return fresh;
  }
}
