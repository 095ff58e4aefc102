// What is wrong on the bus, in words with what to do: one row a finding. The topic `problem`, the command `doctor` and
// the page read it.

import type { Finding } from './finding.ts';
import type { FindingInput, FindingRow, FindingRows } from './finding-row.ts';
import { lineFindings } from './line-findings.ts';
import { unitFindings } from './unit-findings.ts';

export const rows: FindingRows = { ...lineFindings, ...unitFindings };

/** Everything that is so at this moment. */
export function findings(input: FindingInput): Finding[] {
  return Object.values(rows).flatMap((row) => row.when(input).map((text) => finding(row, text)));
}

export function finding({ level = 'problem', advice }: FindingRow, text: string): Finding {
  return { level, text, advice };
}
