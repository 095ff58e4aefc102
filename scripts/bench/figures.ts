// Numbers of a measurement, and how they are shown.

/** Milliseconds. */
export interface Spread {
  readonly samples: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Of a few runs. */
export interface Range {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A figure for each of what was measured, by its name. */
export type Each<T> = Readonly<Record<string, T>>;

export function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
  return { samples: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

export function range(samples: readonly number[], digits = 3): Range {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number) => round(sorted[index] ?? Number.NaN, digits);
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), most: at(sorted.length - 1) };
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

export function describeRange({ median, least, most }: Range, unit: string): string {
  return least === most ? `${median} ${unit}` : `${median} ${unit} (${least} to ${most})`;
}

/** What was measured, its figure for each that was measured, and what it may be. */
export interface Line {
  readonly what: string;
  readonly figures: Each<string>;
  readonly budget?: string;
}

/** A table in Markdown with a column for each of these names. */
export function table(names: readonly string[], lines: readonly Line[]): string {
  const head = ['What', ...names, 'Budget'];
  const body = lines.map(({ what, figures, budget = '' }) => [
    what,
    ...names.map((name) => figures[name] ?? ''),
    budget,
  ]);
  const rows = [head, head.map(() => '---'), ...body];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`).join('\n');
}
