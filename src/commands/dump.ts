// Dumps as hexdump, xxd and od make them: lines with a place and some bytes, in which a frame may begin in one and end in the
// next.

interface Piece {
  readonly line: string;
  /** As it is written: hex digits, or octal ones. */
  readonly place: string;
  readonly bytes: Uint8Array;
}

/** With a colon the bytes end at two spaces; without one perhaps at a bar. The last line may be a place alone. */
const forms = [
  /^\s*([\da-f]{6,8}):\s*((?:[\da-f]{2} ?)+)/i,
  /^\s*([\da-f]{6,8})(?:\s+((?:[\da-f]{2}\s{0,2})+))?\s*(?:\|.*)?$/i,
];
/** Words of two bytes, of which the second stands first. */
const SWAPPED = /^[\da-f]{7}\s+[\da-f]{4}(?:\s+[\da-f]{4})*\s*$/i;

/** The lines, but those of a dump as the bytes that they are together. */
export async function* withoutDumps(lines: AsyncIterable<string>): AsyncGenerator<string | Uint8Array> {
  let dump: Piece[] = [];
  for await (const line of lines) {
    const piece = pieceOf(line);
    const before = dump.at(-1);
    if (before && piece && follows(before, piece)) {
      dump.push(piece);
      continue;
    }
    yield* together(dump);
    dump = piece ? [piece] : [];
    if (!piece) yield line;
  }
  yield* together(dump);
}

function pieceOf(line: string): Piece | undefined {
  const [, place, text = ''] = forms.map((form) => form.exec(line)).find((found) => found !== null) ?? [];
  if (place === undefined) return undefined;
  const bytes = Uint8Array.from(text.match(/[\da-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
  return { line, place, bytes: SWAPPED.test(line) ? bytes.map((_, i) => bytes[i ^ 1] ?? 0) : bytes };
}

/** A stream of words may have half a word at its end. */
function follows(before: Piece, { place }: Piece): boolean {
  const { length } = before.bytes;
  const ahead = [16, 8].map((radix) => Number.parseInt(place, radix) - Number.parseInt(before.place, radix));
  return length > 0 && ahead.some((count) => count === length || count === length - 1);
}

/** A single line is read like any other. */
function together(dump: readonly Piece[]): (string | Uint8Array)[] {
  return dump.length < 2 ? dump.map(({ line }) => line) : [Uint8Array.from(dump.flatMap(({ bytes }) => [...bytes]))];
}
