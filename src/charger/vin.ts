// The vehicle identification number: three parts on the bus, one number with a check digit (protocol 4.7).

/** What is known of the car that is charging now. `doubtful`: 17 characters came once and their check digit is wrong. */
export type Vin =
  | { readonly type: 'unknown' }
  | { readonly type: 'none' }
  | { readonly type: 'doubtful'; readonly text: string }
  | { readonly type: 'known'; readonly text: string; readonly verified: boolean };

/** Parts that arrived so far, in order, and when the last of them came (ms). */
export interface VinReading {
  readonly parts: readonly string[];
  readonly at: number;
}

const PARTS_WITHIN = 5_000;

/** The part (1 to 3) that is missing now: the parts of one reading must follow each other within a few seconds. */
export function missingPart(reading: VinReading | undefined, now: number): number {
  return reading && reading.parts.length < 3 && now - reading.at <= PARTS_WITHIN ? reading.parts.length + 1 : 1;
}

/** Adds a part; undefined where it does not follow on what is there. */
export function withPart(
  reading: VinReading | undefined,
  part: number,
  text: string,
  now: number,
): VinReading | undefined {
  if (part === 1) return { parts: [text], at: now };
  if (!reading || part !== missingPart(reading, now)) return reading;
  return { parts: [...reading.parts, text], at: now };
}

/** What a whole reading says, given what was known. A wrong check digit counts when it comes twice the same. */
export function concluded(known: Vin, reading: VinReading | undefined): Vin {
  if (reading?.parts.length !== 3) return known;
  const text = reading.parts.join('');
  if (text === '') return known.type === 'unknown' ? { type: 'none' } : known;
  if (text.length !== 17) return known;
  if (checkDigitFits(text)) return { type: 'known', text, verified: true };
  const again = (known.type === 'doubtful' || known.type === 'known') && known.text === text;
  return again ? { type: 'known', text, verified: false } : { type: 'doubtful', text };
}

/** Whether position 9 is the check digit of the other sixteen (ISO 3779, 49 CFR 565). Not required outside North America and China. */
export function checkDigitFits(vin: string): boolean {
  const characters = [...vin];
  if (characters.length !== weights.length) return false;
  let sum = 0;
  for (const [i, weight] of weights.entries()) {
    const value = characterValue(characters[i] ?? '');
    if (value === undefined) return false;
    sum += weight * value;
  }
  return characters[8] === '0123456789X'[sum % 11];
}

const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

// The letters' values run 1 to 8, 1 to 5 with 7 and 9, 2 to 9; I, O and Q do not occur.
const letters = { ABCDEFGH: 1, JKLMN: 1, P: 7, R: 9, STUVWXYZ: 2 };

function characterValue(character: string): number | undefined {
  if (/^\d$/.test(character)) return Number(character);
  for (const [run, first] of Object.entries(letters)) {
    const at = run.indexOf(character);
    if (character !== '' && at >= 0) return first + at;
  }
  return undefined;
}
