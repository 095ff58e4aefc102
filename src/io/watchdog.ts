// Ends this process when its main loop is stuck, so that whoever keeps it running starts it anew. A thread of our own would
// cost 8 MB; a shell that reads the sign of life costs none here. It counts looks, not time: a machine that slept for a
// night, or a process that was stopped and goes on, has missed one look at most.

import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { Socket } from 'node:net';

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
 * missing says nothing. The shell ends with its input, which ends with this process, however that ends; the sign goes too.
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
      echo "$(date -Iseconds) error the main loop is stuck: ending, so that it is started anew"
      kill -9 "$1"
      exit
    fi
  done
} 3<&- & loop=$!
read -r _ <&3
kill $loop 2>/dev/null
rm -f "$3"
`;

/** Watches where there is a /proc and a shell; elsewhere nothing is watched. */
export async function startWatchdog({ livenessPath: sign, every = EVERY }: WatchdogSettings): Promise<Watchdog> {
  const possible = await Promise.all(['/proc/self/stat', '/bin/sh'].map((path) => access(path))).catch(() => undefined);
  if (!possible) return { stop() {} };
  const args = ['-c', script, 'twc2mqtt-watchdog', String(process.pid), String(every), sign];
  const shell = spawn('/bin/sh', args, { stdio: ['pipe', 'inherit', 'ignore'] });
  // Without a shell nothing is watched; that is no reason not to run.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return { stop: () => void shell.stdin.destroy() };
}
