// The signals that end a process, noted from its first moment on: imported before everything else. Until something runs that
// has to be ended in order there is nothing to end, and the process exits at once, without an error.

const names = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const controller = new AbortController();
let inOrder = false;

function received(name: NodeJS.Signals): void {
  if (!inOrder) process.exit(0);
  // A person who presses Control-C again does not want to wait.
  if (controller.signal.aborted && name === 'SIGINT') process.exit(130);
  controller.abort();
}

for (const name of names) process.on(name, received);

/** Aborted when the process is asked to end. From now on it has to see to that itself. */
export function endSignal(): AbortSignal {
  inOrder = true;
  return controller.signal;
}

/** From now on the signals end this process as they end any other. */
export function endAsUsual(): void {
  for (const name of names) process.off(name, received);
}
