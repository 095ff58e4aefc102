// The loop: something is stepped with what happens, what comes out is performed, and it is woken when it wants to be.

/** Times are monotonic milliseconds. */
interface Stepped<Input, Output> {
  step(input: Input, now: number): readonly Output[];
  /** When time is to pass next; infinite for never. */
  wakeAt(now: number): number;
}

export interface Loop<Input, Output> {
  /** Steps at once; gives what came out, when all of it is performed. */
  step(input: Input): readonly Output[];
  /** Ends the loop: what is given to `step` from now on is ignored. */
  stop(): void;
}

export interface LoopSettings<Input, Output> {
  readonly stepped: Stepped<Input, Output>;
  /** The input that says only that time passed. */
  readonly time: Input;
  readonly perform: (output: Output, step: (input: Input) => readonly Output[]) => void;
  /** Called when a step or its performance throws, once: the loop has ended then. Without it the error is thrown. */
  readonly failed?: (error: unknown) => void;
}

/** A timer never fires sooner, ms. */
const SHORTEST_WAIT = 1;

/** Begins at once; the first step comes later. */
export function createLoop<Input, Output>(settings: LoopSettings<Input, Output>): Loop<Input, Output> {
  const { stepped, time, perform, failed } = settings;
  let timer: NodeJS.Timeout | undefined;
  /** When the timer is due. */
  let dueAt = Number.POSITIVE_INFINITY;
  let stopped = false;

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
  }

  function step(input: Input): readonly Output[] {
    if (stopped) return [];
    try {
      const outputs = stepped.step(input, performance.now());
      for (const output of outputs) perform(output, step);
      sleep();
      return outputs;
    } catch (error) {
      stop();
      if (!failed) throw error;
      failed(error);
      return [];
    }
  }

  function sleep(): void {
    const now = performance.now();
    const at = stepped.wakeAt(now);
    // Most steps change nothing of it.
    if (timer && at === dueAt) return;
    clearTimeout(timer);
    timer = undefined;
    dueAt = at;
    if (stopped || !Number.isFinite(at)) return;
    timer = setTimeout(wake, Math.max(SHORTEST_WAIT, Math.ceil(at - now)));
  }

  function wake(): void {
    timer = undefined;
    step(time);
  }

  sleep();
  return { step, stop };
}
