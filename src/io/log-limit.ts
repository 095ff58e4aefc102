// What repeats itself again and again fills no disk: of lines that differ only in numbers and ids a few a minute are written,
// then how many there were beside them.

export interface LogLimit<Level> {
  write(level: Level, text: string, now: number): void;
  /** Writes what is still to be told. */
  end(): void;
}

interface Kind<Level> {
  lines: number;
  written: number;
  level: Level;
  last: string;
}

const PERIOD = 60_000;
const MOST_OF_A_KIND = 10;
/** Of all kinds together. */
const MOST = 200;
/** Characters in which lines of one kind agree: behind them may stand what came from outside. */
const ALIKE = 40;
/** Characters of one line. */
const LONGEST = 2_000;

export function createLogLimit<Level>(write: (level: Level, text: string) => void): LogLimit<Level> {
  const kinds = new Map<string, Kind<Level>>();
  let begunAt = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let others: { readonly level: Level; readonly lines: number } | undefined;
  let timer: NodeJS.Timeout | undefined;

  function begin(now: number): void {
    begunAt = now;
    timer = setTimeout(end, PERIOD).unref();
  }

  function end(): void {
    clearTimeout(timer);
    for (const { lines: all, written, level, last } of kinds.values()) {
      if (all > written) write(level, `${all - written} more lines like this in the last minute: ${last}`);
    }
    if (others) write(others.level, `${others.lines} more lines of other kinds in the last minute`);
    kinds.clear();
    begunAt = Number.NEGATIVE_INFINITY;
    lines = 0;
    others = undefined;
  }

  return {
    write(level, text, now) {
      if (now - begunAt >= PERIOD) end();
      if (kinds.size === 0) begin(now);
      const name = text.replace(/\b[0-9A-F]{4}\b|\d+/g, '#').slice(0, ALIKE);
      const kind = kinds.get(name) ?? { lines: 0, written: 0, level, last: '' };
      if (kind.lines === 0 && lines >= MOST) {
        others = { level, lines: (others?.lines ?? 0) + 1 };
        return;
      }
      kind.lines++;
      kind.level = level;
      kind.last = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
      kinds.set(name, kind);
      if (kind.written >= MOST_OF_A_KIND || lines >= MOST) return;
      kind.written++;
      lines++;
      write(level, kind.last);
    },
    end,
  };
}
