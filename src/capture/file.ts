// The file of a capture: lines are gathered and written now and then, so that a slow disk never holds up the bus.

import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DateTime } from 'luxon';
import { describeWriteError } from '../io/file-errors.ts';
import type { Log } from '../io/log.ts';
import type { CaptureFile, Recorder } from './recorder.ts';

/** So much is lost at most when the program is killed, ms. */
const WRITTEN_EVERY = 1_000;
/** A disk that takes nothing any more must not fill the memory. */
const MOST_WAITING = 1_000_000;

/** Records into a new file. Rejects with an error in an owner's words when it is there or cannot be made. */
export async function startCapture(recorder: Recorder, path: string): Promise<void> {
  recorder.start(await createCaptureFile(path), DateTime.now().toISO(), performance.now());
}

/** Of the files that are named here. */
export const captureName = /^twc2mqtt-capture-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.jsonl$/;

/** Ends the capture that runs, or starts one in a new file in the folder of this one; what goes wrong is said in the log. */
export async function toggleCapture(recorder: Recorder, beside: string, log: Log): Promise<void> {
  if (recorder.path !== undefined) return recorder.end('asked to');
  await captureBeside(recorder, beside, log);
}

/** Starts a capture in a new file in the folder of this one; gives why it could not, as the log says it too. */
export async function captureBeside(recorder: Recorder, beside: string, log: Log): Promise<string | undefined> {
  const name = `twc2mqtt-capture-${DateTime.now().toFormat("yyyy-MM-dd'T'HH-mm-ss")}.jsonl`;
  try {
    await startCapture(recorder, join(dirname(beside), name));
    return undefined;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log('warn', problem);
    return problem;
  }
}

async function createCaptureFile(path: string): Promise<CaptureFile> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${path}: ${error.code === 'EEXIST' ? 'there is such a file already' : `cannot be written, ${describeWriteError(error)}`}`,
    );
  });
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let broken: string | undefined;

  function flush(): void {
    timer = undefined;
    const text = waiting;
    waiting = '';
    writing = file
      .appendFile(text)
      .catch((error: unknown) => void fail(describeWriteError(error)))
      .finally(() => {
        writing = undefined;
        if (waiting !== '') later();
      });
  }

  function later(): void {
    if (!writing) timer ??= setTimeout(flush, WRITTEN_EVERY);
  }

  function fail(reason: string): void {
    broken ??= reason;
    waiting = '';
  }

  return {
    path,
    write(line) {
      if (broken !== undefined) return;
      waiting += `${line}\n`;
      if (waiting.length > MOST_WAITING) fail('the disk is too slow');
      else later();
    },
    get broken() {
      return broken;
    },
    async close() {
      await writing;
      clearTimeout(timer);
      if (waiting !== '') flush();
      await writing;
      await file.close().catch((error: unknown) => fail(describeWriteError(error)));
    },
  };
}
