// A program that a test runs: what it says, how it ends, and that it does not outlive the test.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { until } from './until.ts';

export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly child: ChildProcessWithoutNullStreams;
  /** All that it said so far on both outputs. */
  readonly lines: readonly string[];
  /** The line that it has said or will say. */
  says(pattern: RegExp, within?: number): Promise<string>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Asks it to end; one that does not listen is killed, and that is how it ended then. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const running = new Set<ChildProcessWithoutNullStreams>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const KILLED_AFTER = 10_000;

/** Distributions keep servers where only root looks. */
const usual = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };

export interface ProgramSettings {
  readonly cwd?: string;
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Standard output carries bytes, not lines. */
  readonly raw?: boolean;
}

export async function start(
  command: string,
  args: readonly string[],
  { cwd, env, raw = false }: ProgramSettings = {},
): Promise<Program> {
  const child = spawn(command, args, { env: { ...usual, ...env }, ...(cwd !== undefined && { cwd }) });
  const lines: string[] = [];
  const streams = raw ? [child.stderr] : [child.stdout, child.stderr];
  for (const input of streams) createInterface({ input }).on('line', (line) => void lines.push(line));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
  child.stdin.on('error', () => {});
  await once(child, 'spawn');
  running.add(child);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER);
    const how = await ended;
    clearTimeout(late);
    return how;
  };
  return {
    pid: child.pid ?? 0,
    child,
    lines,
    async says(pattern, within) {
      const said = () => lines.find((line) => pattern.test(line));
      return until(said, () => `${command} says ${pattern}, but it said:\n${lines.join('\n')}`, within);
    },
    ended,
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}
