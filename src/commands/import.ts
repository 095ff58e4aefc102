// The command `import`: the configuration of TWCManager as one of ours, with a comment for each line.

import { readFile, writeFile } from 'node:fs/promises';
import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { decoded, parseConfig } from '../config/load.ts';
import { fromTwcManager, type Import, type Imported } from '../config/twcmanager.ts';
import { describeReadError, describeWriteError } from '../io/file-errors.ts';
import { typedCommand } from '../io/typed-command.ts';
import { version } from '../version.ts';

interface Flags {
  readonly password?: string | boolean | undefined;
  readonly output?: string | boolean | undefined;
}

/** Throws an Error in an owner's words, which never holds a piece of the file. */
export async function importCommand(file: string, flags: Flags, print: (text: string) => void): Promise<void> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new Error(`${file}: expected the config.json of TWCManager, but ${describeReadError(error)}`);
  });
  const source = decoded(bytes, file);
  const output = typeof flags.output === 'string' ? flags.output : undefined;
  const { text, warnings } = imported(source, file, flags.password === true, output);
  if (output === undefined) return print(text);
  await writeFile(output, text, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    throw new Error(`${output}: cannot be written, ${describeWriteError(error)}`);
  });
  print([`${output}: written`, ...warnings].map((line) => `${line}\n`).join(''));
}

/** The text of our file, which `output` is to hold, and what its owner has to look at. Throws an Error. */
export function imported(
  source: string,
  file: string,
  withPassword: boolean,
  output?: string,
): Pick<Import, 'warnings'> & { text: string } {
  let found: Import;
  try {
    const { json, warnings } = parsed(source);
    const made = fromTwcManager(json, withPassword);
    found = { ...made, warnings: [...made.warnings, ...warnings] };
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const lines = [
    `# From ${file} of TWCManager, by twc2mqtt ${version}. Read it through, then try it: ${typedCommand()} check${output === undefined ? '' : ` --config ${output}`}`,
    ...found.warnings.map((warning) => `# To do: ${warning}`),
    '',
    ...yaml(found.settings),
    '',
    '# What has no counterpart here, or another one:',
    ...found.left.map(({ name, comment }) => `#   ${name}: ${comment}`),
  ];
  const text = `${lines.map(harmless).join('\n')}\n`;
  parseConfig(text, 'the result');
  return { text, warnings: found.warnings };
}

function yaml(settings: readonly Imported[]): string[] {
  const open: string[] = [];
  return settings.flatMap(({ path, value, comment }) => {
    const groups = path.split('.');
    const name = groups.pop() ?? '';
    const lines: string[] = [];
    groups.forEach((group, level) => {
      if (open[level] === group) return;
      open.splice(level, open.length, group);
      lines.push(`${'  '.repeat(level)}${group}:`);
    });
    return [...lines, `${'  '.repeat(groups.length)}${name}: ${scalar(value)} # ${comment}`];
  });
}

/** Text in quotes unless it can be nothing else. */
function scalar(value: string | number): string {
  return typeof value === 'number' || /^[a-z]+$/.test(value) || /^(\/|[a-z]+:\/)[\w./:-]+$/.test(value)
    ? String(value)
    : JSON.stringify(value);
}

/** A name in the file must not be able to end a comment. */
function harmless(line: string): string {
  return line.replace(/[\p{Cc}\u2028\u2029\u0085]/gu, '?');
}

interface Parsed {
  readonly json: unknown;
  readonly warnings: readonly string[];
}

/** A text, or a comment; those of YAML have a space before them. The slashes of an address are none. */
const COMMENT = /"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|(?<![a-z\d]:)\/\/[^\n]*|\/\*[\s\S]*?\*\//gi;

/** TWCManager reads its file as YAML 1.1, without lines that begin with // or #. */
function parsed(source: string): Parsed {
  const plain = source.replace(/^\uFEFF/, '').replace(COMMENT, (piece) => (/^["']/.test(piece) ? piece : ''));
  const lines = new LineCounter();
  const document = parseDocument(plain.replaceAll('\t', ' '), {
    version: '1.1',
    uniqueKeys: false,
    lineCounter: lines,
  });
  const line = (offset: number) => lines.linePos(offset).line;
  const isComma = ({ code, message }: YAMLError) => code === 'MISSING_CHAR' && message.startsWith('Missing ,');
  const broken = document.errors.find((error) => !isComma(error));
  if (broken)
    throw new Error(`expected the config.json of TWCManager, but something is wrong in line ${line(broken.pos[0])}`);
  const warnings = document.errors.map(({ pos }) => `a comma is missing before line ${line(pos[0])} of that file`);
  try {
    return { json: document.toJS(), warnings };
  } catch {
    throw new Error('expected the config.json of TWCManager, but a value in it begins with a star');
  }
}
