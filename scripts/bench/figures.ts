// Numbers of a measurement, and how they are shown.

/** Milliseconds. */
export interface Spread {
  readonly samples: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
  return { samples: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

export function median(samples: readonly number[]): number {
  return spread(samples).p50;
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

export type Line = readonly [what: string, figure: string, budget?: string];

/** A table in Markdown. */
export function table(lines: readonly Line[]): string {
  const rows: Line[] = [['What', 'Figure', 'Budget'], ['---', '---', '---'], ...lines];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`).join('\n');
}
