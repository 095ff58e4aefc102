// A world that is recorded, and the lines of its capture.

import { createRecorder, type Recorder, type RecorderSettings } from '../../src/capture/recorder.ts';
import { accepted } from '../../src/config/accepted.ts';
import type { Config, Written } from '../../src/config/options.ts';
import { createWorld, type World, type WorldSettings } from '../world.ts';

export const began = '2026-03-29T01:30:00.000+01:00';

/** A file in memory. */
export interface Sheet {
  readonly path: string;
  readonly lines: string[];
  broken: string | undefined;
  readonly closed: boolean;
  write(line: string): void;
  close(): Promise<void>;
}

export function sheet(path = 'capture.jsonl'): Sheet {
  let closed = false;
  const lines: string[] = [];
  return {
    path,
    lines,
    broken: undefined,
    get closed() {
      return closed;
    },
    write: (line) => void lines.push(line),
    async close() {
      closed = true;
    },
  };
}

/** The defaults for simulated chargers, which are those of a world, with these changes. */
export function configured(settings: Written = {}): Config {
  return accepted(
    (path) => settings[path],
    (_, problem) => {
      throw new Error(problem);
    },
  );
}

export interface Recorded {
  readonly world: World;
  readonly recorder: Recorder;
  readonly file: Sheet;
  readonly logs: string[];
  /** The capture as it stands in its file. */
  text(): string;
}

export interface RecordedSettings extends WorldSettings, Partial<Pick<RecorderSettings, 'config' | 'known'>> {
  /** Recorded from the first moment on; otherwise whoever has it starts it. */
  readonly fromStart?: boolean;
}

export function record(settings: RecordedSettings = {}): Recorded {
  const { config = configured(), known = { chargers: [], setPoints: { chargers: {} } }, fromStart = true } = settings;
  const logs: string[] = [];
  const file = sheet();
  const recorder = createRecorder({ config, known, log: (level, text) => void logs.push(`${level} ${text}`) });
  if (fromStart) recorder.start(file, began, 0);
  const wallClock = (now: number) => Date.parse(began) + now;
  const world = createWorld({ wallClock, zone: 'UTC+1', ...settings, watched: recorder.recorded });
  return { world, recorder, file, logs, text: () => file.lines.map((line) => `${line}\n`).join('') };
}
