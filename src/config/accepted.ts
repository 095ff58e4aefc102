// Settings as they were written, wherever that was, become a configuration: each by its row of the table, then all together.

import { type Port, SIMULATOR } from '../io/link.ts';
import { type Problem, parse, shown } from '../schema.ts';
import { hint } from './hint.ts';
import { type Config, type Option, type OptionPath, options, simulatedAmps, type Written } from './options.ts';

/** A configuration that cannot be right; `problems` has a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Takes a problem: the path where it is, the problem in words, and how it is mended in a file, or nothing. */
export type Complain = (at: string, problem: string, hint: string) => void;

/** More of a setting say nothing new. */
const MOST_OF_ONE = 10;

/** The values that were found by their paths, defaults for all others. A value of null stands for one that is empty. */
export function accepted(valueAt: (path: OptionPath) => unknown, complain: Complain): Config {
  const found: Written = {};
  for (const [path, option] of Object.entries(options) as [OptionPath, Option<unknown>][]) {
    const value = valueAt(path);
    if (value === undefined || (value === null && mayBeEmpty(option))) continue;
    const { value: good, problems } = option.check.read(value);
    for (const problem of problems.slice(0, MOST_OF_ONE)) {
      const place = [path, ...problem.at].join('.');
      complain(place, describeProblem(place, problem, option.secret === true), hint(path, option, value));
    }
    const more = problems.length - MOST_OF_ONE;
    if (more > 0) complain(path, `${path}: and ${more} more problems of this kind`, '');
    if (problems.length === 0) Object.assign(found, { [path]: good });
  }
  // Every found value passed the check of its own row.
  const config = { ...defaults(found['interface.port'] as Port | undefined), ...found } as Config;
  for (const { at, problem } of contradictions(config, found)) complain(at, `${at}: ${problem}`, '');
  return config;
}

/** Where an empty line means what no line means. */
function mayBeEmpty({ default: value }: Option<unknown>): boolean {
  return value === '' || typeof value === 'object';
}

function defaults(port: Port = SIMULATOR): Config {
  const rows = Object.entries(options) as [OptionPath, Option<unknown>][];
  // One default for each row of the table.
  const plain = Object.fromEntries(rows.map(([path, row]) => [path, parse(row.check, row.default)])) as Config;
  return port.type === 'simulator' ? { ...plain, ...simulatedAmps } : plain;
}

function describeProblem(place: string, { expected, got }: Problem, secret: boolean): string {
  return `${place}: expected ${expected}, got ${secret ? kindOf(got) : describeValue(got)}`;
}

/** What a secret is, without telling it. */
function kindOf(got: unknown): string {
  if (typeof got === 'boolean') return 'true or false';
  return typeof got === 'number' ? 'a number' : 'something else';
}

function describeValue(got: unknown): string {
  return got === null ? 'nothing' : shown(withoutSecrets(JSON.stringify(got)));
}

/** A name and password in an address are a secret. */
function withoutSecrets(text: string): string {
  return text.replace(/:\/\/.*@/g, '://…@');
}

interface Contradiction {
  readonly at: string;
  readonly problem: string;
}

/** What is right by itself and wrong together. */
function contradictions(config: Config, found: Written): Contradiction[] {
  return [...unordered(config, found), ...unfitChargers(config), ...mixedPrefixes(config), ...uselessLogin(config)];
}

const ordered = [
  ['config.minAmpsPerTWC', 'config.maxAmpsPerTWC'],
  ['config.minAmpsPerTWC', 'config.maxAmpsForSlaves'],
  ['control.safeAmps', 'config.maxAmpsForSlaves'],
  ['control.safeAmps', 'config.maxAmpsPerTWC'],
] as const;

function unordered(config: Config, found: Written): Contradiction[] {
  return ordered
    .filter(([low, high]) => config[low] > config[high])
    .map(([low, high]) => {
      const at = low in found ? low : high;
      const problem =
        at === low
          ? `expected at most ${high} (${config[high]}), got ${config[low]}`
          : `expected at least ${low} (${config[low]}), got ${config[high]}`;
      return { at, problem };
    });
}

function unfitChargers({ chargers, ...config }: Config): Contradiction[] {
  const most = config['config.maxAmpsPerTWC'];
  const least = config['config.minAmpsPerTWC'];
  return Object.entries(chargers).flatMap(([id, { maxAmps = most }]) => {
    const at = `chargers.${id}.maxAmps`;
    if (maxAmps > most) return [{ at, problem: `expected at most config.maxAmpsPerTWC (${most}), got ${maxAmps}` }];
    if (maxAmps >= least) return [];
    const never = 'with less this charger would never charge a car';
    return [{ at, problem: `expected at least config.minAmpsPerTWC (${least}), got ${maxAmps}: ${never}` }];
  });
}

/** Our `status` would be the topic with which Home Assistant says that it has started. */
function mixedPrefixes(config: Config): Contradiction[] {
  const at = 'status.MQTT.topicPrefix';
  const ours = config[at];
  const theirs = config['homeassistant.discoveryPrefix'];
  const apart = !`${ours}/`.startsWith(`${theirs}/`) && !`${theirs}/`.startsWith(`${ours}/`);
  if (apart) return [];
  const expected = `expected a prefix apart from Home Assistant's own (homeassistant.discoveryPrefix, ${theirs})`;
  return [{ at, problem: `${expected}, got "${ours}"; TWC is a good one` }];
}

function uselessLogin(config: Config): Contradiction[] {
  const { 'status.MQTT.broker': broker, 'status.MQTT.username': username } = config;
  const problems: Contradiction[] = [];
  const login = broker.type === 'urls' && config['status.MQTT.password'] !== '' && username === '';
  if (login) {
    const problem = 'needs status.MQTT.username too: a broker takes no password without a name';
    problems.push({ at: 'status.MQTT.password', problem });
  }
  const plain = broker.type === 'urls' && broker.urls.every((url) => url.startsWith('mqtt://'));
  for (const at of ['status.MQTT.ca', 'status.MQTT.cert', 'status.MQTT.key'] as const) {
    if (plain && config[at] !== '')
      problems.push({ at, problem: 'is only used with an encrypted connection (mqtts://), and this one is not' });
  }
  for (const [at, other] of [
    ['status.MQTT.cert', 'status.MQTT.key'],
    ['status.MQTT.key', 'status.MQTT.cert'],
  ] as const) {
    if (config[at] !== '' && config[other] === '') problems.push({ at, problem: `needs ${other} too` });
  }
  return problems;
}
