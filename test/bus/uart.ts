// How bytes look to a receiver whose two wires are swapped. The line is read upside down, so its rest is a start bit that
// never ends. An approximation: receivers differ in what they make of a frame without a stop bit. This one gives the
// byte as it is, as Linux does unless it is told otherwise, and then waits for the line to rise.

/** Bits of 8N1, the lowest first, with a pause before and after. */
function bits(bytes: Uint8Array): number[] {
  const pause = Array.from({ length: 20 }, () => 1);
  const characters = [...bytes].flatMap((byte) => [0, ...Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1), 1]);
  return [...pause, ...characters, ...pause];
}

/** What arrives of bytes that were sent without a pause between them. */
export function swapped(bytes: Uint8Array): Uint8Array {
  const line = bits(bytes).map((bit) => 1 - bit);
  const got: number[] = [];
  let at = line.indexOf(1);
  while (at >= 0 && at < line.length) {
    const start = line.indexOf(0, at);
    if (start < 0) break;
    const character = line.slice(start + 1, start + 10);
    if (character.length < 9) break;
    got.push(character.slice(0, 8).reduce((byte, bit, i) => byte | (bit << i), 0));
    at = character[8] === 1 ? start + 9 : line.indexOf(1, start + 9);
  }
  return Uint8Array.from(got);
}
