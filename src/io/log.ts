// The log: one line, one event, for a person. Local time with its offset.

import { DateTime, Settings } from 'luxon';
import { createLogLimit } from './log-limit.ts';
import { createOutput, type Sink, standardOutput } from './output.ts';

// Times are written in digits: to ask for the language of the machine would only load 8 MB of languages.
Settings.defaultLocale = 'en-US';

const levels = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof levels)[number];
export type Log = (level: LogLevel, text: string) => void;

export interface OpenLog {
  readonly log: Log;
  /** Resolves when everything is written: false when nothing takes it. */
  end(): Promise<boolean>;
}

export function openLog(most: LogLevel, sink: Sink = standardOutput()): OpenLog {
  const output = createOutput(sink, (lines) =>
    lineOf('warn', `${lines} lines of the log are missing here: they could not be written`),
  );
  const limit = createLogLimit<LogLevel>((level, text) => output.write(lineOf(level, text)));
  return {
    log(level, text) {
      if (levels.indexOf(level) > levels.indexOf(most)) return;
      // Frames come at the pace of the bus, and are wanted where this level is.
      if (level === 'debug') output.write(lineOf(level, text));
      else limit.write(level, text, performance.now());
    },
    end() {
      limit.end();
      return output.end();
    },
  };
}

function lineOf(level: LogLevel, text: string): string {
  // Names from the bus must not be able to break lines or colour a terminal.
  return `${DateTime.now().toISO()} ${level.padEnd(5)} ${text.replace(/\p{Cc}/gu, '?')}\n`;
}
