// The answers that the broker owes us, and that it has stopped to give any.

/** Called when what was asked for is done, or with the reason why the broker refuses it. */
export type Done = (problem: string | undefined) => void;

export interface Acks {
  /** One answer more is awaited: the callback that takes it. `done` is not called for an end of the connection, and not any more once it has stopped. */
  awaited(done: Done): (error?: Error | null) => void;
  stop(): void;
}

/** Calls `late` when an answer is awaited and none has come for that long (ms). */
export function createAcks(within: number, late: () => void): Acks {
  let open = true;
  let missing = 0;
  let timer: NodeJS.Timeout | undefined;

  function wait(): void {
    clearTimeout(timer);
    timer = open && missing > 0 ? setTimeout(late, within) : undefined;
  }

  return {
    awaited(done) {
      missing++;
      if (!timer) wait();
      return (error) => {
        if (!open || (error && !isAnswer(error))) return;
        missing--;
        wait();
        done(error?.message);
      };
    },
    stop() {
      open = false;
      wait();
    },
  };
}

/** What the broker says has a reason code, or the packet that said it; other errors are the connection's, which tells them itself. */
function isAnswer(error: Error & { readonly code?: unknown; readonly packet?: unknown }): boolean {
  return typeof error.code === 'number' || error.packet !== undefined;
}
