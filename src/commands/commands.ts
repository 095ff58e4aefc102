// The command table: one row a command. The command line, its help and the README are made from it.

import { MOST_MEGABYTES } from '../capture/recorder.ts';
import { ConfigError } from '../config/accepted.ts';
import { statePathProblem } from '../config/files.ts';
import { findSettings } from '../config/setup.ts';
import type { Command } from './command.ts';

export const commands: Readonly<Record<string, Command>> = {
  run: {
    help: 'runs the bridge (default)',
    lasts: true,
    run: async ({ config }) => (await import('./run.ts')).runBridge(config),
  },
  check: {
    help: 'checks the configuration without running',
    run: async ({ config }) => {
      const { name, statePath } = await findSettings(config, process.env);
      const problem = await statePathProblem(statePath);
      if (problem !== undefined) throw new ConfigError([problem]);
      print(`${name}: fine\n`);
    },
  },
  ports: {
    help: 'lists serial adapters and says which entry to put in the configuration',
    run: async () => print(await (await import('./ports.ts')).portList()),
  },
  decode: {
    help: 'reads frames as hex from standard input, a frame per line, and prints a JSON line for each',
    run: async () => (await import('./decode.ts')).decodeLines(process.stdin, print),
  },
  capture: {
    argument: 'FILE',
    help: `runs the bridge as \`run\` does and records in a new file what is heard and said on the bus, up to ${MOST_MEGABYTES} MB`,
    lasts: true,
    run: async ({ config, argument }) => (await import('./capture.ts')).captureCommand(argument, config),
  },
  replay: {
    argument: 'FILE',
    help: 'prints what the bridge makes of a capture: values as they change, and the log',
    options: {
      speed: { value: 'N', help: 'N times as fast as it was; as fast as it can when left out' },
      json: { help: 'prints a JSON line for each value and log line' },
      verbose: { help: 'prints every frame too' },
      publish: {
        value: 'PREFIX',
        help: 'publishes the values too, not retained, to the configured broker below a prefix that is not the configured one',
      },
    },
    run: async ({ config, argument, options }) =>
      (await import('./replay.ts')).replayCommand(argument, config, options, print),
  },
  sessions: {
    help: 'lists the charging sessions of the past, as a table with totals; works while the bridge runs',
    options: {
      from: {
        value: 'TIME',
        help: 'only sessions that began then or later: 2026-11-25 or 2026-11-25T18:00, in local time',
      },
      to: { value: 'TIME', help: 'only sessions that began before it, or on that day or earlier' },
      vin: { value: 'VIN', help: 'only sessions of this car' },
      csv: { help: 'as comma-separated values, for a spreadsheet' },
    },
    run: async ({ config, options }) => (await import('./sessions.ts')).sessionsCommand(config, options, print),
  },
  doctor: {
    help: 'listens to the bus for some seconds and says in words what is wrong and what to do; stop the bridge first',
    options: {
      ask: { help: 'speaks to the chargers too and sees who answers; no car begins to charge because of it' },
    },
    run: async ({ config, options }) => (await import('./doctor.ts')).doctor(config, options.ask === true, print),
  },
  import: {
    argument: 'FILE',
    help: 'prints a configuration made from the config.json of TWCManager, with a comment for each line; never more amps than there',
    options: {
      output: { value: 'FILE', help: 'writes it into this new file instead' },
      password: { help: 'takes the password of the broker too' },
    },
    run: async ({ argument, options }) => (await import('./import.ts')).importCommand(argument, options, print),
  },
  health: {
    help: 'says whether the bridge with this configuration runs and is not stuck; exit code 0 or 1, for the HEALTHCHECK of a container',
    run: async ({ config }) => print(await (await import('./health.ts')).health(config)),
  },
  forget: {
    argument: 'CHARGER|all',
    help: 'clears what the broker holds of a charger that is gone (1A2B), or of all of them and the bridge, from Home Assistant too; stop the bridge first',
    run: async ({ config, argument }) => (await import('./forget.ts')).forgetCommand(argument, config, print),
  },
};

function print(text: string): void {
  process.stdout.write(text);
}
