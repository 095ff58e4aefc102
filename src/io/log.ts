// The log: one line, one event, for a person. Local time with its offset.

import { DateTime } from 'luxon';

const levels = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof levels)[number];
export type Log = (level: LogLevel, text: string) => void;

export function createLog(most: LogLevel, write = (line: string): void => void process.stdout.write(line)): Log {
  return (level, text) => {
    if (levels.indexOf(level) > levels.indexOf(most)) return;
    // Names from the bus must not be able to break lines or colour a terminal.
    const line = text.replace(/\p{Cc}/gu, '?');
    write(`${DateTime.now().toISO()} ${level.padEnd(5)} ${line}\n`);
  };
}
