// The command line.

import './io/end-signal.ts';
import { parseArgs } from 'node:util';
import { type Command, type CommandOption, UsageError } from './commands/command.ts';
import { commands } from './commands/commands.ts';
import { USUAL_FILE } from './config/load.ts';
import { endAsUsual } from './io/end-signal.ts';
import { typedCommand } from './io/typed-command.ts';
import { version } from './version.ts';

/** What every command takes. */
const common: Readonly<Record<string, CommandOption>> = {
  config: { value: 'FILE', help: `the configuration, default ${USUAL_FILE} in this folder` },
  version: { help: 'prints the version' },
  help: { short: 'h', help: 'prints this; so does the command help' },
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: accepted() });
  if (values.help || positionals[0] === 'help') return void process.stdout.write(help());
  if (values.version) return void process.stdout.write(`${version}\n`);
  const [name = 'run', argument, ...rest] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || rest.length > 0) throw new UsageError(unknownCommand(positionals));
  if ((argument === undefined) !== (command.argument === undefined)) {
    throw new UsageError(`${name}: expected ${command.argument ?? 'nothing behind it'}, got ${argument ?? 'nothing'}`);
  }
  const { config = USUAL_FILE, ...options } = values;
  for (const option of Object.keys(options)) {
    if (!Object.hasOwn(command.options ?? {}, option)) throw new UsageError(`${name}: takes no --${option}`);
  }
  if (!command.lasts) endAsUsual();
  await command.run({ config: String(config), argument: argument ?? '', options });
}

function unknownCommand(typed: readonly string[]): string {
  const names = Object.keys(commands);
  return `unknown command: ${typed.join(' ')}; there are ${names.join(', ')}`;
}

/** Every option of every command; whether it fits the command is seen later. */
function accepted(): Record<
  string,
  { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple: false }
> {
  const all = [common, ...Object.values(commands).map(({ options = {} }) => options)].flatMap(
    Object.entries<CommandOption>,
  );
  return Object.fromEntries(
    all.map(([name, { value, short }]) => [
      name,
      { type: value ? 'string' : 'boolean', multiple: false, ...(short && { short }) },
    ]),
  );
}

function help(): string {
  const rows = Object.entries(commands).flatMap(([name, command]) => [
    [usage(name, command), command.help] as const,
    ...Object.entries(command.options ?? {}).map(([option, row]) => [`  ${flag(option, row)}`, row.help] as const),
  ]);
  const options = Object.entries(common).map(([name, row]) => [flag(name, row), row.help] as const);
  const width = Math.max(...[...rows, ...options].map(([left]) => left.length));
  const lines = (all: readonly (readonly [string, string])[]) =>
    all.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
  return `twc2mqtt ${version}: Tesla Gen-2 Wall Connectors to MQTT

Usage: ${typedCommand()} [COMMAND] [--config FILE]

${lines(rows)}

${lines(options)}

Exit codes: 0 fine, 1 bad configuration or a command that failed, 2 wrong usage
`;
}

function usage(name: string, { argument = '' }: Command): string {
  return `${name} ${argument}`.trim();
}

function flag(name: string, { value = '', short }: CommandOption): string {
  return `${short === undefined ? '' : `-${short}, `}--${name} ${value}`.trim();
}

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  const isUsage =
    error instanceof Error && (error.name === 'UsageError' || (error instanceof TypeError && 'code' in error));
  process.stderr.write(isUsage ? `${text.split('. ')[0]}\nHelp: ${typedCommand()} help\n` : `${text}\n`);
  process.exitCode = isUsage ? 2 : 1;
});
