// Reads the configuration from its file and the environment: all problems at once, each with its place, what was expected
// and what came.

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { describeReadError } from '../io/file-errors.ts';
import { accepted, ConfigError } from './accepted.ts';
import { type Environment, type EnvironmentSettings, noEnvironment, readEnvironment } from './environment.ts';
import { certificateProblems } from './files.ts';
import type { Config } from './options.ts';
import { readYaml } from './yaml.ts';

/** What is read where no file is named. Without it there is the environment, and defaults: simulated chargers. */
export const USUAL_FILE = 'config.yaml';
const LONGEST = 32 * 1024;

export interface Loaded {
  readonly config: Config;
  /** Where it comes from, as an owner calls it. */
  readonly name: string;
  /** Whether there is a file at all. */
  readonly isFile: boolean;
}

/** The configuration of a file and the environment. Throws a ConfigError. */
export async function loadConfig(file: string, environment: Environment = {}): Promise<Loaded> {
  const variables = await readEnvironment(environment);
  const text = await textOf(file);
  const { config, placeOf } = combined(text ?? '', file, variables);
  const problems = await certificateProblems(config);
  if (problems.length > 0) throw new ConfigError(problems.map(({ at, problem }) => `${placeOf(at)}: ${problem}`));
  return { config, name: nameOf(file, text !== undefined, !variables.isEmpty), isFile: text !== undefined };
}

function nameOf(file: string, isFile: boolean, hasVariables: boolean): string {
  if (isFile) return hasVariables ? `${file} and the environment` : file;
  return hasVariables ? 'the environment' : `the defaults, since there is no ${file} in this folder`;
}

/** Where the chargers are remembered: beside the configuration and named for it, so that two bridges do not share it. */
export function statePath(config: Config, file: string): string {
  const name = basename(file).replace(/\.[^.]*$/, '');
  return config['state.path'] || join(dirname(file), `twc2mqtt-${name}.state.json`);
}

/** The configuration of a text; `file` is its name in errors. Throws a ConfigError. */
export function parseConfig(source: string, file: string): Config {
  return combined(source, file, noEnvironment).config;
}

interface Combined {
  readonly config: Config;
  /** The file and line, or the variable, of a setting, and its path where that does not say it. */
  readonly placeOf: (path: string) => string;
}

function combined(source: string, file: string, variables: EnvironmentSettings): Combined {
  const yaml = readYaml(source, file);
  const problems = [...yaml.problems, ...variables.problems];
  const placeOf = (path: string) => variables.nameAt(path) ?? yaml.placeOf(path);
  const config = accepted(
    (path) => variables.valueAt(path) ?? yaml.valueAt(path),
    (at, problem, hint) => {
      const variable = variables.nameAt(at);
      const mended = variable === undefined ? hint : hint.replace(`${lastOf(at)}: `, `${variable}=`);
      problems.push(`${placeOf(at)}: ${problem}${mended}`);
    },
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, placeOf };
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Undefined when it is the usual file and there is none. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    const bytes = await readFile(file);
    if (size > LONGEST)
      throw new ConfigError([`${file}: is ${Math.ceil(size / 1024)} kB long, which is no configuration`]);
    return decoded(bytes, file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' && file === USUAL_FILE) return undefined;
    const folder = code === 'EISDIR' ? `; is it ${join(file, USUAL_FILE)}?` : '';
    const place = code === 'ENOENT' ? ` in ${dirname(resolve(file))}` : '';
    throw new ConfigError([`${file}: expected a configuration file, but ${describeReadError(error)}${folder}${place}`]);
  }
}

/** The text of a file. Throws a ConfigError. */
export function decoded(bytes: Uint8Array, file: string): string {
  if (bytes.includes(0) || [0xfeff, 0xfffe].includes(((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0))) {
    throw new ConfigError([`${file}: is written in UTF-16 or is no text; save it as UTF-8 in your editor`]);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const [before = ''] = new TextDecoder().decode(bytes).split('\uFFFD');
    const line = before.split('\n').length;
    throw new ConfigError([
      `${file}:${line}: a letter here is not written in UTF-8; save the file as UTF-8 in your editor`,
    ]);
  }
}
