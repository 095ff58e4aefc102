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
    clearTimeout(timer);
    const now = performance.now();
    const wait = stepped.wakeAt(now) - now;
    if (stopped || !Number.isFinite(wait)) return;
    timer = setTimeout(step, Math.max(SHORTEST_WAIT, Math.ceil(wait)), time);
  }

  sleep();
  return { step, stop };
}
