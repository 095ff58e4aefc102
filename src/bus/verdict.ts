// The diagnosis over time: what is said only when it lasts, stays said for a while, and does not change with every number.

import { finding, type Row, rows, type Seen } from './diagnosis.ts';
import type { Finding } from './finding.ts';

export interface Verdict {
  /** What is to be said now; the same list as long as it is the same. */
  judge(seen: Seen): readonly Finding[];
  /** The link is gone: what was seen is no longer so. */
  forget(): void;
}

interface Suspicion {
  readonly row: Row;
  readonly since: number;
  readonly seenAt: number;
  readonly finding: Finding;
  /** When its text was made. */
  readonly madeAt: number;
}

/** Numbers in a text that was said are made new after this time. */
const RENEWED_AFTER = 10 * 60_000;

const named = Object.entries(rows);

export function createVerdict(): Verdict {
  let suspicions: ReadonlyMap<string, Suspicion> = new Map();
  let said: readonly Finding[] = [];

  function suspect(key: string, row: Row, text: string, now: number): Suspicion {
    const before = suspicions.get(key);
    const isKept = before && before.finding.text !== text && now - before.madeAt < RENEWED_AFTER;
    if (isKept || before?.finding.text === text) return { ...before, seenAt: now };
    return { row, since: before?.since ?? now, seenAt: now, finding: finding(row, text), madeAt: now };
  }

  return {
    judge(seen) {
      const next = new Map<string, Suspicion>();
      for (const [name, row] of named) {
        for (const text of row.when(seen)) {
          const key = row.varies ? name : `${name} ${text}`;
          next.set(key, suspect(key, row, text, seen.now));
        }
        for (const [key, before] of suspicions) {
          const lingers = before.row === row && isSaid(before) && seen.now - before.seenAt < (row.stays ?? 0);
          if (lingers && !next.has(key)) next.set(key, before);
        }
      }
      suspicions = next;
      const newest = [...next.values()].filter(isSaid).map((one) => one.finding);
      if (newest.length !== said.length || newest.some((one, i) => one !== said[i])) said = newest;
      return said;
    },
    forget() {
      suspicions = new Map();
      said = [];
    },
  };
}

function isSaid({ since, seenAt, row: { after = 0 } }: Suspicion): boolean {
  return seenAt - since >= after;
}
