// Where log lines go: standard output, whatever that is. It may be a pipe that nothing reads, a terminal that was stopped, a
// file on a full disk: lines that are not taken are dropped and counted, and nothing ever waits for them.

import { write as writeFile } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { bounded, deferred } from './deferred.ts';

export interface Output {
  write(line: string): void;
  /** Resolves when everything is written: false when that takes too long. */
  end(): Promise<boolean>;
}

/** Takes a text and calls back when it is written, or with the reason why it is not. One at a time. */
export type Sink = (text: string, done: (error?: Error | null) => void) => void;

/** Characters that may wait. */
const MOST_WAITING = 200_000;
const END_WITHIN = 500;

/** `lost` makes the line that says how many lines were dropped; it is written as soon as lines are taken again. */
export function createOutput(sink: Sink, lost: (lines: number) => string): Output {
  let waiting: string[] = [];
  let length = 0;
  /** The lines that are being written. */
  let writing: readonly string[] = [];
  let dropped = 0;
  let idle = deferred<void>();
  idle.resolve();

  function next(): void {
    if (waiting.length === 0) {
      idle.resolve();
      return;
    }
    writing = waiting;
    waiting = [];
    length = 0;
    const text = writing.join('');
    try {
      sink(text, written);
    } catch (error) {
      written(error as Error);
    }
  }

  function written(error?: Error | null): void {
    if (error) dropped += writing.length;
    else if (dropped > 0) {
      waiting.unshift(lost(dropped));
      dropped = 0;
    }
    writing = [];
    // What did not work is tried again with the next line, not at once.
    if (error) {
      dropped += waiting.length;
      waiting = [];
      length = 0;
    }
    next();
  }

  return {
    write(line) {
      if (length + line.length > MOST_WAITING) {
        dropped++;
        return;
      }
      waiting.push(line);
      length += line.length;
      if (writing.length > 0) return;
      idle = deferred();
      next();
    },
    end: () =>
      bounded(idle.promise, { within: END_WITHIN }).then(
        () => true,
        () => false,
      ),
  };
}

/** The sink for standard output. */
export function standardOutput(): Sink {
  const { stdout } = process;
  stdout.on('error', () => {});
  if (!(stdout instanceof Socket)) return (text, done) => writeFile(1, text, (error) => done(error));
  neverBlock();
  return streamSink(stdout);
}

export function streamSink(stream: Writable): Sink {
  return (text, done) => void stream.write(text, done);
}

/**
 * Node writes to terminals in a way that waits, and a child process that inherits a pipe makes it one that waits for its
 * parent too; called when such a child was started.
 */
export function neverBlock(): void {
  if (!(process.stdout instanceof Socket)) return;
  const { _handle: handle } = process.stdout as { _handle?: { setBlocking?(on: boolean): unknown } };
  handle?.setBlocking?.(false);
}
