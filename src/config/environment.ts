// Settings from the environment, as containers are configured: the path of a setting in capitals, with _ between its parts.
// They count more than those of a file. A name with _FILE at its end gives the file that holds the value.

import { readFile } from 'node:fs/promises';
import leven from 'leven';
import { parse } from 'yaml';
import { describeReadError } from '../io/file-errors.ts';
import { accept, shown } from '../schema.ts';
import { type Option, type OptionPath, options } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentSettings {
  readonly problems: readonly string[];
  /** Undefined for one that is not there. */
  valueAt(path: OptionPath): unknown;
  /** The variable that gives the setting, or what is below it. */
  nameAt(path: string): string | undefined;
  readonly isEmpty: boolean;
}

const PREFIX = 'TWC2MQTT_';
const FILE = '_FILE';
const paths = Object.keys(options) as OptionPath[];
const byName = new Map(paths.map((path) => [variable(path), path]));

/** What is no setting: for trying the app without Home Assistant, and what Kubernetes says of a service with our name. */
const others = /^TWC2MQTT_(DATA|ADAPTERS|PAGE_PORT|PAGE_ONLY|LIVENESS|SERVICE_.*|PORT|PORT_.*)$/;

/** The variable that gives a setting. */
export function variable(path: string): string {
  return PREFIX + path.replaceAll('.', '_').toUpperCase();
}

export const noEnvironment: EnvironmentSettings = {
  problems: [],
  valueAt: () => undefined,
  nameAt: () => undefined,
  isEmpty: true,
};

export async function readEnvironment(environment: Environment): Promise<EnvironmentSettings> {
  const problems: string[] = [];
  const found = new Map<OptionPath, { readonly name: string; readonly text: string }>();
  for (const [name, given = ''] of Object.entries(environment).sort()) {
    if (!name.startsWith(PREFIX) || others.test(name)) continue;
    const isFile = name.endsWith(FILE);
    const path = byName.get(isFile ? name.slice(0, -FILE.length) : name);
    if (path === undefined) problems.push(`${name}: unknown setting${suggestion(name)}`);
    else if (found.has(path)) problems.push(`${name}: expected only one of it and ${found.get(path)?.name}`);
    else {
      const text = isFile ? await contentOf(name, given, problems) : given;
      // An empty variable is how many tools say that there is none.
      if (
        text !== undefined &&
        (text !== '' || accept(options[path].check as Option<unknown>['check'], '') !== undefined)
      ) {
        found.set(path, { name, text });
      }
    }
  }
  return {
    problems,
    valueAt(path) {
      const text = found.get(path)?.text;
      return text === undefined ? undefined : written(path, text);
    },
    nameAt: (path) => [...found].find(([known]) => known === path || path.startsWith(`${known}.`))?.[1].name,
    isEmpty: found.size === 0,
  };
}

function suggestion(name: string): string {
  const plain = (text: string) => text.slice(PREFIX.length).replaceAll('_', '');
  const distance = (known: string) => leven(plain(known), plain(name).slice(0, 80));
  const best = [...byName.keys()].reduce((before, known) => (distance(known) < distance(before) ? known : before));
  return distance(best) > plain(best).length / 2
    ? '; is the prefix meant for another program?'
    : `, did you mean ${best}?`;
}

/** The value as it would stand in a file: text where the setting takes text, otherwise YAML such as 16, true or [a, b]. */
function written(path: OptionPath, text: string): unknown {
  const { check }: Option<unknown> = options[path];
  if (accept(check, text) !== undefined) return text;
  try {
    return parse(text, { uniqueKeys: false });
  } catch {
    return text;
  }
}

async function contentOf(name: string, file: string, problems: string[]): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    problems.push(`${name}: expected a readable file, got "${shown(file)}", but ${describeReadError(error)}`);
    return undefined;
  }
}
