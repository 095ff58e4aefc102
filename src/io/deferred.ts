// Promises that others keep: Promise.withResolvers, which Node 20 does not have yet; and promises with an end: a signal that
// is aborted, or a time that has passed. AbortSignal.any would do for both, but keeps memory for each call in Node 20.

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

interface Bounds {
  readonly signal?: AbortSignal;
  /** At most so long, ms. */
  readonly within?: number;
  /** What the error says then. */
  readonly late?: string;
}

/** The promise's outcome, or an error as soon as the signal is aborted or the time has passed. */
export async function bounded<T>(
  promise: Promise<T>,
  { signal, within, late = 'it takes too long' }: Bounds,
): Promise<T> {
  const ended = deferred<never>();
  const stop = () => ended.reject(new Error('given up'));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const timer = within === undefined ? undefined : setTimeout(() => ended.reject(new Error(late)), within);
  try {
    return await Promise.race([promise, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = deferred<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
