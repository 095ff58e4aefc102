// One thing after the other: what is asked for while something else is done waits for it.

export interface Queue {
  /** The outcome of the task, which begins when those before it have ended, however they ended. */
  add<T>(task: () => Promise<T> | T): Promise<T>;
  /** Resolves when all that was added so far has ended. */
  settled(): Promise<void>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    add(task) {
      const done = last.then(task);
      last = done.catch(() => {});
      return done;
    },
    settled: async () => void (await last),
  };
}
