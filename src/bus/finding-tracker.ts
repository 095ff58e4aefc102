// The diagnosis over time: what is said only when it lasts, stays said for a while, and does not change with every number.

import type { Finding } from './finding.ts';
import type { FindingInput, FindingRow } from './finding-row.ts';
import { finding, rows } from './findings.ts';
import { lineFindings } from './line-findings.ts';
import type { Counts } from './statistics.ts';

export interface FindingTracker {
  /** What is to be said now; the same list as long as it is the same. */
  update(seen: FindingInput): readonly Finding[];
  /** The link is gone: what was seen is no longer so. */
  forget(): void;
}

interface Pending {
  readonly row: FindingRow;
  readonly since: number;
  readonly seenAt: number;
  readonly finding: Finding;
  /** When its text was made. */
  readonly madeAt: number;
}

/** Numbers in a text that was said are made new after this time. */
const RENEWED_AFTER = 10 * 60_000;

const named = Object.entries(rows);
const line: ReadonlySet<FindingRow> = new Set(Object.values(lineFindings));

export function createFindingTracker(): FindingTracker {
  let pending: ReadonlyMap<string, Pending> = new Map();
  let said: readonly Finding[] = [];
  /** What is wrong on the line, and the counts that say so: those of the last minute are the same for a second. */
  let lineTexts: ReadonlyMap<FindingRow, readonly string[]> = new Map();
  let counted: { readonly recent: Counts; readonly repeats: number } | undefined;

  function pend(key: string, row: FindingRow, text: string, now: number): Pending {
    const before = pending.get(key);
    const isKept = before && before.finding.text !== text && now - before.madeAt < RENEWED_AFTER;
    if (isKept || before?.finding.text === text) return { ...before, seenAt: now };
    return { row, since: before?.since ?? now, seenAt: now, finding: finding(row, text), madeAt: now };
  }

  function count(seen: FindingInput): void {
    if (counted?.recent === seen.recent && counted.repeats === seen.repeats) return;
    counted = { recent: seen.recent, repeats: seen.repeats };
    lineTexts = new Map([...line].map((row) => [row, row.when(seen)]));
  }

  return {
    update(seen) {
      count(seen);
      const next = new Map<string, Pending>();
      for (const [name, row] of named) {
        for (const text of lineTexts.get(row) ?? row.when(seen)) {
          const key = row.varies ? name : `${name} ${text}`;
          next.set(key, pend(key, row, text, seen.now));
        }
        const { stays } = row;
        if (stays === undefined) continue;
        for (const [key, before] of pending) {
          const lingers = before.row === row && isReported(before) && seen.now - before.seenAt < stays;
          if (lingers && !next.has(key)) next.set(key, before);
        }
      }
      pending = next;
      const newest = [...next.values()].filter(isReported).map((one) => one.finding);
      if (newest.length !== said.length || newest.some((one, i) => one !== said[i])) said = newest;
      return said;
    },
    forget() {
      pending = new Map();
      said = [];
    },
  };
}

function isReported({ since, seenAt, row: { after = 0 } }: Pending): boolean {
  return seenAt - since >= after;
}
