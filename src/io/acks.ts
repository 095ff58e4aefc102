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
  /** Since when nothing has come. */
  let since = 0;
  /** One for many answers: it looks how long ago the last of them came. */
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    timer = undefined;
    if (missing === 0) return;
    const left = since + within - performance.now();
    if (left <= 0) late();
    else timer = setTimeout(look, left);
  }

  return {
    awaited(done) {
      if (missing === 0) since = performance.now();
      missing++;
      if (open) timer ??= setTimeout(look, within);
      return (error) => {
        if (!open || (error && !isAnswer(error))) return;
        missing--;
        since = performance.now();
        done(error?.message);
      };
    },
    stop() {
      open = false;
      clearTimeout(timer);
    },
  };
}

/** What the broker says has a reason code, or the packet that said it; other errors are the connection's, which tells them itself. */
function isAnswer(error: Error & { readonly code?: unknown; readonly packet?: unknown }): boolean {
  return typeof error.code === 'number' || error.packet !== undefined;
}
