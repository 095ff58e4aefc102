// What is known from before a restart, as far as it still fits the configuration. What is not understood is kept.

import { constants, copyFile, readFile } from 'node:fs/promises';
import type { Config } from '../config/options.ts';
import { describeReadError, describeWriteError, refuseDevice } from '../io/file-errors.ts';
import { SIMULATOR } from '../io/link.ts';
import type { Log } from '../io/log.ts';
import { describeProblem, isObject, type TypeOf } from '../schema.ts';
import { type SavedState, savedState, VERSION } from './saved-state.ts';

export interface Restored {
  readonly state: SavedState;
  /** The file in which it is to be kept. */
  readonly path: string;
}

/** The state of this configuration. What of its file cannot be used is kept beside it before it is overwritten. */
export async function restore(path: string, config: Config, log: Log): Promise<Restored> {
  const found = await readSaved(path);
  if (found.later !== undefined) {
    const text = `it is of a later version of twc2mqtt (format ${found.later}) and stays as it is`;
    log('warn', `${path}: ${text}; this version remembers the chargers in ${found.path}`);
  }
  if (found.problem !== undefined) await keepBad(found.path, found.problem, log);
  return { state: fitting(found.state, config), path: found.path };
}

/** The state of this configuration for a reader that will not write it. */
export async function knownState(path: string, config: Config): Promise<SavedState> {
  return fitting((await readSaved(path)).state, config);
}

/** A saved state as it stands in its file. */
export interface Saved {
  /** Undefined when there is none, or none that can be used. */
  readonly state: SavedState | undefined;
  /** Where it is to be written; not where it was looked for when there it is of a later version. */
  readonly path: string;
  /** The format that a later version wrote. */
  readonly later?: string;
  /** Why it is not taken as it stands. */
  readonly problem?: string;
}

export async function readSaved(path: string): Promise<Saved> {
  const { json, problem } = await readJson(path);
  if (isObject(json) && isLater(json.version)) {
    const own = `${path.replace(/\.json$/, '')}.format-${VERSION}.json`;
    return { ...(await readSaved(own)), later: String(json.version) };
  }
  if (json === undefined) return { state: undefined, path, ...(problem !== undefined && { problem }) };
  const { value, problems } = savedState.read(json);
  const [first] = problems;
  const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return { state: value && complete(value), path, ...(first && { problem: `${describeProblem(first)}${others}` }) };
}

/** Copies a file that will be overwritten, so that nothing is lost that may be understood by others. */
export async function keepBad(path: string, problem: string, log: Log): Promise<void> {
  const copy = `${path}.bad-${new Date().toISOString().replace(/:/g, '-').replace(/\..*/, '')}`;
  try {
    await refuseDevice(path);
    await copyFile(path, copy, constants.COPYFILE_EXCL);
    log('warn', `${path}: not all of it can be used: ${problem}. It is kept as it was in ${copy}`);
  } catch (error) {
    log(
      'warn',
      `${path}: not all of it can be used: ${problem}. It cannot be copied to ${copy}: ${describeWriteError(error)}`,
    );
  }
}

/** There is no such file, or not even its folder. */
const absent: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

async function readJson(path: string): Promise<{ readonly json?: unknown; readonly problem?: string }> {
  try {
    await refuseDevice(path);
    return { json: JSON.parse(await readFile(path, 'utf8')) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && absent.includes(error.code)) return {};
    const reason = error instanceof SyntaxError ? 'its content is damaged' : describeReadError(error);
    return { problem: `expected a readable JSON file, but ${reason}` };
  }
}

function isLater(version: unknown): boolean {
  return typeof version === 'number' && version > VERSION;
}

function complete(state: TypeOf<typeof savedState>): SavedState {
  const known = state.broker !== undefined && state.announced !== undefined;
  return {
    setPoints: { chargers: {} },
    sessions: [],
    prefixes: [],
    ...state,
    broker: known ? (state.broker ?? '') : '',
    announced: known ? (state.announced ?? []) : [],
  };
}

function fitting(found: SavedState | undefined, config: Config): SavedState {
  const port = config['interface.port'].name;
  const broker = config['status.MQTT.broker'].name;
  if (!found) {
    const clientId = `twc2mqtt-${randomHex(12)}`;
    const empty = { chargers: [], announced: [], prefixes: [], setPoints: { chargers: {} }, sessions: [] };
    return { version: VERSION, clientId, port, broker, ...empty };
  }
  // Chargers of another bus are not chargers of this one, and announcements stay with their broker.
  const chargers = found.port === port ? found.chargers : [];
  const announced = found.broker === broker ? found.announced : [];
  const prefixes = found.broker === broker ? found.prefixes : [];
  // Wherever the adapter is now, a car that charged still has to be accounted for; but not a simulated one.
  const sessions = (found.port === SIMULATOR.name) === (port === SIMULATOR.name) ? found.sessions : [];
  return { ...found, port, chargers, broker, announced, prefixes, sessions };
}

/** No secret: brokers only have to tell two bridges apart. */
function randomHex(digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('');
}
