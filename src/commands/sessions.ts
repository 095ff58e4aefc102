// The command `sessions`: the charging sessions of the past, for a person or for a reimbursement.

import { findSettings } from '../config/setup.ts';
import { describeReadError } from '../io/file-errors.ts';
import { csv, type SessionRecord, selected } from '../session/record.ts';
import { readSessions, sessionLogPath } from '../state/session-log.ts';
import { UsageError } from './command.ts';
import { parseTime } from './parse-time.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Throws a UsageError for a time that is none, an Error in an owner's words when the history cannot be read. */
export async function sessionsCommand(file: string, options: Options, print: (text: string) => void): Promise<void> {
  const selection = { from: time(options, 'from'), to: time(options, 'to'), vin: vin(options) };
  const { config, statePath } = await findSettings(file, process.env);
  const path = sessionLogPath(statePath, config);
  const all = await readSessions(path).catch((error: unknown) => {
    throw new Error(`${path}: expected the charging sessions, but ${describeReadError(error)}`);
  });
  const sessions = selected(all, selection);
  print(options.csv ? csv(sessions) : table(sessions));
}

/** The sessions for a person, with the totals of what is known. */
export function table(sessions: readonly SessionRecord[]): string {
  if (sessions.length === 0) return 'No sessions.\n';
  const rows = sessions.map((one) => [
    one.charger,
    withoutSeconds(one.start),
    withoutSeconds(one.end),
    duration(one.seconds),
    one.energyFrom === 'none' ? '-' : one.kWh.toFixed(2),
    one.energyFrom === 'none' ? '-' : one.energyFrom,
    one.peakAmps.toFixed(1),
    one.vin.replace(/\p{C}/gu, '?') || '-',
  ]);
  const kWh = sessions.reduce((sum, one) => sum + one.kWh, 0);
  const seconds = sessions.reduce((sum, one) => sum + one.seconds, 0);
  const count = `${sessions.length} session${sessions.length === 1 ? '' : 's'}`;
  const total = ['Total', count, '', duration(seconds), kWh.toFixed(2), '', '', ''];
  const all = [['Charger', 'Start', 'End', 'Duration', 'kWh', 'From', 'Peak A', 'VIN'], ...rows, total];
  const widths = total.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((text, i) => (onTheRight.has(i) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))).join('  ');
  return all.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** Columns of numbers. */
const onTheRight: ReadonlySet<number> = new Set([3, 4, 6]);

function time(options: Options, name: 'from' | 'to'): number | undefined {
  const given = options[name];
  if (given === undefined) return undefined;
  const found = parseTime(String(given), name, 'system');
  if (found !== undefined) return found;
  throw new UsageError(
    `--${name}: expected a date such as 2026-11-25 or a time such as 2026-11-25T18:00, got ${given}`,
  );
}

function vin({ vin: given }: Options): string | undefined {
  return given === undefined ? undefined : String(given).toUpperCase();
}

/** Local time as it was then, with its offset: at the end of summer time an hour comes twice. */
function withoutSeconds(time: string): string {
  return time.replace(/^(.{10})T(.{5}):\d\d/, '$1 $2 ');
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
