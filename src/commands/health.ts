// The command `health`: whether the running bridge lives, for the HEALTHCHECK of a container. It is healthy without
// an adapter or a broker too: a restart would not bring them back.

import { findSettings } from '../config/setup.ts';
import { readLiveness } from '../io/liveness.ts';

/** What is to be said of a bridge that lives. Throws an Error in an owner's words otherwise. */
export async function health(file: string): Promise<string> {
  const { statePath } = await findSettings(file, process.env);
  const { link, broker, problem } = await readLiveness(statePath);
  const bus = link ? 'the bus is open' : 'the bus is not open';
  const connection = broker ? 'the broker is connected' : 'the broker is not connected';
  return `The bridge runs: ${bus}, ${connection}${problem && `; ${problem}`}\n`;
}
