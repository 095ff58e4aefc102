// The command `run`: the bridge with the settings that are there, until it is told to end.

import { run } from '../app.ts';
import { findSettings, type Setup } from '../config/setup.ts';
import { wiringHint } from '../config/wiring-hint.ts';
import { endSignal } from '../io/end-signal.ts';
import { type Log, openLog } from '../io/log.ts';
import { version } from '../version.ts';

/** `captureFile`: a new file for what is on the bus. Throws a ConfigError, or an Error when that file cannot be made. */
export async function runBridge(file: string, captureFile?: string): Promise<void> {
  const signal = endSignal();
  const setup = await findSettings(file, process.env);
  const { config } = setup;
  const opened = openLog(config['log.level']);
  const log: Log = (level, text) => {
    opened.log(level, setup.withLocalNames(text));
    if (captureFile !== undefined && text.includes('another program holds it')) opened.log('warn', ofRunning(setup));
  };
  log('info', `twc2mqtt ${version}, configuration: ${setup.name}`);
  for (const remark of setup.remarks) log('warn', remark);
  const hint = wiringHint(config);
  if (hint !== undefined) log('info', hint);
  if (config['interface.port'].type === 'simulator') for (const line of banner(setup.simulationHint)) log('warn', line);
  try {
    await run({ ...setup, captureFile, log, signal });
    log('info', 'ended');
  } finally {
    // Lines that nothing takes would keep the process from ending.
    if (!(await opened.end())) setImmediate(() => process.exit());
  }
}

/** How a bridge that runs already is captured. */
export function ofRunning({ statePath }: Pick<Setup, 'statePath'>): string {
  return `A bridge that is running starts and ends a capture when it gets the signal SIGUSR2 (kill -USR2 and its process id); the file is in the same folder as ${statePath}`;
}

function banner(hint: readonly string[]): string[] {
  const lines = ['SIMULATION: these chargers are not real, and neither are their cars.', ...hint];
  const width = Math.max(...lines.map(({ length }) => length));
  const edge = '#'.repeat(width + 4);
  return [edge, ...lines.map((line) => `# ${line.padEnd(width)} #`), edge];
}
