// Ends this process when its main loop is stuck, so that it is started anew by what keeps it running. A thread of our own would
// cost 8 MB; a shell that reads the sign of life costs none here. It counts looks, not time: a machine that slept for a
// night, or a process that was stopped and goes on, has missed one look at most.

import { type ChildProcess, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { Socket } from 'node:net';
import { neverBlock } from './output.ts';

export interface WatchdogSettings {
  /** The file that the main loop writes anew at least every ten seconds. */
  readonly livenessPath: string;
  /** Seconds between two looks. */
  readonly every?: number;
}

export interface Watchdog {
  stop(): void;
}

const EVERY = 10;

/**
 * Four looks that find the same sign, and a process that could run (not T, stopped), mean a stuck loop. A sign that is
 * missing says nothing. It is killed first and told of afterwards: the log may be what is stuck. The shell ends with its
 * input, which ends with this process, however that ends; the sign goes too.
 */
const script = `
exec 3<&0
{ same=0; last=
  while sleep "$2" >/dev/null 2>&1 3<&-; do
    now=$(cat "$3" 2>/dev/null) || now=
    state=$(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) || exit
    if [ -n "$now" ] && [ "$now" = "$last" ] && [ "$state" != T ] && [ "$state" != t ]; then same=$((same + 1)); else same=0; fi
    last=$now
    if [ $same -ge 4 ]; then
      trap '' TERM
      kill -9 "$1"
      echo "$(date -Iseconds) error the main loop was stuck: ended, so that it is started anew" & words=$!
      sleep 1
      kill -9 $words 2>/dev/null
      exit
    fi
  done
} 3<&- & loop=$!
read -r _ <&3
kill $loop 2>/dev/null
rm -f "$3"
`;

/** Watches where there is a /proc and a shell; elsewhere nothing is watched. */
export async function startWatchdog({ livenessPath, every = EVERY }: WatchdogSettings): Promise<Watchdog> {
  const possible = await Promise.all(['/proc/self/stat', '/bin/sh'].map((path) => access(path))).catch(() => undefined);
  const shell = possible && shellWith([String(process.pid), String(every), livenessPath]);
  return { stop: () => void shell?.stdin?.destroy() };
}

/** Undefined where no process can be started: nothing is watched then, which is no reason not to run. */
function shellWith(args: readonly string[]): ChildProcess | undefined {
  try {
    // It needs to know nothing of ours, least of all passwords.
    const env = { PATH: process.env.PATH };
    const shell = spawn('/bin/sh', ['-c', script, 'twc2mqtt-watchdog', ...args], {
      stdio: ['pipe', 'inherit', 'ignore'],
      env,
    });
    shell.on('error', () => {});
    shell.stdin?.on('error', () => {});
    shell.unref();
    if (shell.stdin instanceof Socket) shell.stdin.unref();
    return shell;
  } catch {
    return undefined;
  } finally {
    neverBlock();
  }
}
