// A sign of life that the running bridge leaves for the command `health`: a small file that its main loop writes anew.

import { constants } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { nameOfPath } from './path-name.ts';
import { createStateWriter, readState } from './state-file.ts';

/** What the bridge says of itself. */
interface LivenessStatus {
  readonly link: boolean;
  readonly broker: boolean;
  /** What is wrong, in words; empty for nothing. */
  readonly problem: string;
}

interface LivenessRecord extends LivenessStatus {
  readonly pid: number;
  /** Seconds of the machine's monotonic clock: the same in all processes, and not moved when the time is set. */
  readonly at: number;
  /** For people. */
  readonly time: string;
}

export interface Liveness {
  readonly path: string;
  /** The main loop has turned; writes when the last sign is old enough. */
  touch(condition: () => LivenessStatus): void;
  /** Resolves when the sign is written. */
  settled(): Promise<void>;
  /** The bridge ends in the ordinary way. */
  end(): Promise<void>;
}

const WRITTEN_EVERY = 10;
/** The main loop wakes at least every ten seconds; an older sign is that of a stuck one. */
const STUCK_AFTER = 60;

/** `failed` is called with the reason when writing does not work, once per kind of reason. */
export async function createLiveness(statePath: string, failed: (reason: string) => void): Promise<Liveness> {
  const path = await signPath(statePath);
  // One that an earlier bridge left behind says nothing of this one.
  await rm(path, { force: true }).catch(() => {});
  const writer = createStateWriter(path, (problem) => {
    if (problem !== undefined) failed(problem);
  });
  let writtenAt = Number.NEGATIVE_INFINITY;
  return {
    path,
    touch(condition) {
      const at = seconds();
      // A little earlier than the loop wakes, or every second sign would be left out.
      if (at - writtenAt < WRITTEN_EVERY - 0.5) return;
      writtenAt = at;
      writer.write({ pid: process.pid, at, time: new Date().toISOString(), ...condition() } satisfies LivenessRecord);
    },
    settled: writer.settled,
    async end() {
      await writer.settled();
      await rm(path, { force: true }).catch(() => {});
    },
  };
}

/** What the bridge says that remembers in this file. Throws an Error in an owner's words when it does not live. */
export async function readLiveness(statePath: string): Promise<LivenessRecord> {
  const path = await signPath(statePath);
  const sign = signIn(await readState(path).catch(() => undefined));
  if (!sign) throw new Error(`The bridge does not run (${path}: no sign of life)`);
  if (!runs(sign.pid)) throw new Error(`The bridge does not run: process ${sign.pid} is gone`);
  const age = seconds() - sign.at;
  // The clock counts from the start of the machine: a time in the future is from before its restart.
  if (age < 0) throw new Error('The bridge does not run: its sign of life is from before the restart of the machine');
  if (age > STUCK_AFTER) throw new Error(`The bridge is stuck: no sign of life for ${Math.round(age)} s`);
  return sign;
}

/** Where the environment says, or else in the first of these folders that there is. */
async function signPath(statePath: string): Promise<string> {
  const { TWC2MQTT_LIVENESS: given } = process.env;
  if (given) return given;
  const name = `twc2mqtt-${await nameOfPath(statePath)}.health.json`;
  for (const folder of folders()) {
    if (await isWritable(folder)) return join(folder, name);
  }
  return join(tmpdir(), name);
}

/**
 * In memory where that can be: a file that is written every ten seconds for years wears out the SD card of a small machine.
 * Never /dev/shm, which containers share that share /dev.
 */
function folders(): readonly string[] {
  const { RUNTIME_DIRECTORY: service = '', XDG_RUNTIME_DIR: session = '' } = process.env;
  return [service.split(':')[0] ?? '', session, `/run/user/${process.getuid?.()}`, '/run'].filter(isAbsolute);
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function signIn(json: unknown): LivenessRecord | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { pid, at, time, link, broker, problem }: Partial<Record<keyof LivenessRecord, unknown>> = json;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0 || typeof at !== 'number') return undefined;
  return { pid, at, time: String(time), link: link === true, broker: broker === true, problem: String(problem ?? '') };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function seconds(): number {
  return Number(process.hrtime.bigint() / 1_000_000n) / 1_000;
}
