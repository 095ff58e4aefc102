// The captures in the folder of the state: one can be started and ended without a shell, and all can be read.

import type { ReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Log } from '../io/log.ts';
import { createQueue } from '../io/queue.ts';
import { captureBeside, captureName, toggleCapture } from './file.ts';
import type { Recorder } from './recorder.ts';
import type { CaptureKept, CaptureNow } from './status.ts';

export interface Captures {
  /** Starts one, or ends the one that runs. */
  toggle(): void;
  /** Does so only if that is what is wanted; says what has happened, or why nothing has. */
  ask(on: boolean): Promise<{ readonly done: boolean; readonly words: string }>;
  readonly now: CaptureNow;
  /** Tells when `now` is another, until what it gives is called. */
  watch(tell: () => void): () => void;
  /** Newest first; the one that is still written is among them. Rejects when the folder cannot be read. */
  list(): Promise<readonly CaptureKept[]>;
  /** What is in one of the list so far; undefined if the name is of none. */
  read(name: string): Promise<ReadStream | undefined>;
}

/** What can be started from the page must not be able to fill the disk. */
const MOST_KEPT = 20;

export function createCaptures(recorder: Recorder, statePath: string, log: Log): Captures {
  const folder = dirname(statePath);
  let words = '';
  /** To open a file takes a while, in which no other may be started. */
  const queue = createQueue();
  recorder.watch((news) => {
    words = news;
  });

  async function ask(on: boolean) {
    if (on === (recorder.path !== undefined)) return refused(on ? 'a capture runs already' : 'no capture runs');
    if (!on) await recorder.end('ended on the page');
    else {
      const problem = await start();
      if (problem !== undefined) return refused(problem.replaceAll(`${folder}${sep}`, ''));
    }
    return { done: true, words };
  }

  async function start(): Promise<string | undefined> {
    const kept = (await names(folder).catch(() => [])).length;
    if (kept >= MOST_KEPT)
      return `${kept} captures are kept already: remove some from the folder of the state file first`;
    return captureBeside(recorder, statePath, log);
  }

  return {
    toggle: () => void queue.add(() => toggleCapture(recorder, statePath, log)),
    ask: (on) => queue.add(() => ask(on)),
    get now() {
      const { path, mostMegabytes } = recorder;
      return { running: path === undefined ? undefined : basename(path), words, mostMegabytes };
    },
    watch: (tell) => recorder.watch(() => tell()),
    async list() {
      const all = await names(folder);
      return Promise.all(all.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })));
    },
    async read(name) {
      // A name that is in the folder leads nowhere else.
      if (!(await names(folder)).includes(name)) return undefined;
      return (await open(join(folder, name))).createReadStream();
    },
  };
}

function refused(words: string) {
  return { done: false, words };
}

/** Newest first. */
async function names(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder, { withFileTypes: true });
  const files = all.filter((one) => one.isFile() && captureName.test(one.name));
  return files
    .map(({ name }) => name)
    .sort()
    .reverse();
}
