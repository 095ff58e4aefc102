// The command line.

import './heap.ts';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { findSettings } from './config/setup.ts';

const help = `twc2mqtt ${packageJson.version}: Tesla Gen-2 Wall Connectors to MQTT

Usage: twc2mqtt [run|check|ports|decode|forget CHARGER|forget all] [--config FILE]

  run       runs the bridge (default)
  check     checks the configuration without running
  ports     lists serial adapters and says which entry to put in the configuration
  decode    reads frames as hex from standard input, a frame per line, and prints a JSON line for each
  forget    clears what the broker holds of a charger (1A2B), or of all and the bridge; stop the bridge first

  --config FILE   the configuration, default config.yaml in this folder
  --version       prints the version
  --help          prints this

Exit codes: 0 fine, 1 bad configuration, 2 wrong usage
`;

type Command = (configFile: string, argument: string | undefined) => Promise<void>;

const commands: Readonly<Record<string, Command>> = {
  run,
  check,
  forget,
  ports: async () => print(await (await import('./ports.ts')).portList()),
  decode: async () => (await import('./decode.ts')).decodeLines(process.stdin, print),
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', default: 'config.yaml' },
      version: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return print(help);
  if (values.version) return print(`${packageJson.version}\n`);
  const [name = 'run', argument, ...rest] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const expected = name === 'forget' ? 1 : 0;
  if (!command || rest.length > 0 || (argument === undefined ? 0 : 1) !== expected)
    throw new UsageError(`unknown command: ${positionals.join(' ')}`);
  await command(values.config, argument);
}

class UsageError extends Error {}

async function run(file: string): Promise<void> {
  const setup = await findSettings(file, process.env);
  const { config } = setup;
  const [{ run }, { createLog }] = await Promise.all([import('./app.ts'), import('./io/log.ts')]);
  const plain = createLog(config['log.level']);
  const log: typeof plain = (level, text) => plain(level, setup.inWords(text));
  log('info', `twc2mqtt ${packageJson.version}, configuration: ${setup.name}`);
  for (const remark of setup.remarks) log('warn', remark);
  if (config['interface.port'] === 'simulator') for (const line of banner(setup.toMakeItReal)) log('warn', line);
  await run({ ...setup, log, signal: endSignal() });
  log('info', 'ended');
}

async function check(file: string): Promise<void> {
  const { name } = await findSettings(file, process.env);
  print(`${name}: fine\n`);
}

async function forget(file: string, which = ''): Promise<void> {
  const { isTwcId } = await import('./protocol/field.ts');
  if (which !== 'all' && !isTwcId(which)) {
    throw new UsageError(`forget: expected a charger such as 1A2B, or all, got ${which}`);
  }
  const { config, statePath, brokerSource } = await findSettings(file, process.env);
  const [{ configuredBroker }, { forget }] = await Promise.all([import('./app.ts'), import('./forget.ts')]);
  const broker = { ...configuredBroker(config), ...(await brokerSource?.(new AbortController().signal)) };
  if (broker.url.startsWith('embedded')) throw new UsageError('forget: the embedded broker keeps nothing when it ends');
  await forget(which, { config, broker, statePath, print });
}

function banner(toMakeItReal: readonly string[]): string[] {
  const lines = ['SIMULATION: these chargers are not real, and neither are their cars.', ...toMakeItReal];
  const edge = '#'.repeat(74);
  return [edge, ...lines.map((line) => `# ${line.padEnd(70)} #`), edge];
}

/** Aborted at the first SIGTERM or SIGINT; a second one ends the process as it is. */
function endSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

function print(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  process.stderr.write(isUsage ? `${text}\n\n${help}` : `${text}\n`);
  process.exitCode = isUsage ? 2 : 1;
});
