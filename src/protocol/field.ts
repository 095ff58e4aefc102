// Fields: how a value of the protocol lies in the bytes of a frame. All numbers are big-endian.

/** A field of `size` bytes. `read` gives undefined where the bytes cannot be such a value; `write` throws a RangeError. */
export interface Field<T> {
  readonly size: number;
  readonly read: (bytes: Uint8Array, at: number) => T | undefined;
  readonly write: (value: T, bytes: Uint8Array, at: number) => void;
}

/** The id of a unit on the bus as four upper-case hex digits, for example `1A2B`. */
export type TwcId = string & { readonly brand: 'TwcId' };

export function isTwcId(text: string): text is TwcId {
  return /^[0-9A-F]{4}$/.test(text);
}

export const twcId: Field<TwcId> = {
  size: 2,
  // Four hex digits by construction.
  read: (bytes, at) => hex(bytes, at, 2) as TwcId,
  write: (value, bytes, at) => {
    if (!isTwcId(value)) throw new RangeError(`TWCID: expected four upper-case hex digits, got ${value}`);
    writeUnsigned(Number.parseInt(value, 16), bytes, at, 2);
  },
};

/** One opaque byte as two upper-case hex digits, for example the sign `5F`. */
export const hexByte: Field<string> = {
  size: 1,
  read: (bytes, at) => hex(bytes, at, 1),
  write: (value, bytes, at) => {
    if (!/^[0-9A-F]{2}$/.test(value)) throw new RangeError(`byte: expected two upper-case hex digits, got ${value}`);
    writeUnsigned(Number.parseInt(value, 16), bytes, at, 1);
  },
};

export const u8 = integer(1);
export const u32 = integer(4);

/** Amperes in steps of 0.01 A, two bytes: the currents of heartbeats and linkreadys (protocol 3.2 to 3.4). */
export const amps: Field<number> = {
  size: 2,
  read: (bytes, at) => unsigned(bytes, at, 2) / 100,
  write: (value, bytes, at) => writeUnsigned(Math.round(value * 100), bytes, at, 2),
};

/**
 * A limit that a master orders: 0 or 6 to 80 whole amperes. Less than 6 A makes cars fault, fractions have pushed cars
 * into a 6 A state, and no unit is rated above 80 A (protocol 4.6). Reads whatever came: others may order anything.
 */
export const orderedAmps: Field<number> = {
  size: 2,
  read: amps.read,
  write: (value, bytes, at) => {
    const allowed = Number.isInteger(value) && (value === 0 || (value >= 6 && value <= 80));
    if (!allowed) throw new RangeError(`limit: expected 0 or 6 to 80 whole amperes, got ${value}`);
    amps.write(value, bytes, at);
  },
};

/** The three phases, volts to neutral, two bytes each (protocol 3.5). 0 means that the phase is not connected. */
export const phaseVolts = threePhases(integer(2));

/** The three phase currents in steps of 0.5 A, a byte each (protocol 3.5). */
export const phaseAmps = threePhases({
  size: 1,
  read: (bytes, at) => unsigned(bytes, at, 1) / 2,
  write: (value, bytes, at) => writeUnsigned(Math.round(value * 2), bytes, at, 1),
});

export const flag: Field<boolean> = {
  size: 1,
  read: (bytes, at) => unsigned(bytes, at, 1) !== 0,
  write: (value, bytes, at) => writeUnsigned(value ? 1 : 0, bytes, at, 1),
};

/** A byte that must be one of these: tells apart messages that share a code. */
export function oneOf<const V extends readonly number[]>(...values: V): Field<V[number]> {
  return {
    size: 1,
    read: (bytes, at) => values.find((value) => value === bytes[at]),
    write: (value, bytes, at) => {
      if (!values.includes(value)) throw new RangeError(`expected one of ${values.join(', ')}, got ${value}`);
      writeUnsigned(value, bytes, at, 1);
    },
  };
}

/** A field with `skip` bytes before it that mean nothing here and are sent as zeros. */
export function after<T>(skip: number, field: Field<T>): Field<T> {
  return {
    size: skip + field.size,
    read: (bytes, at) => field.read(bytes, at + skip),
    write: (value, bytes, at) => field.write(value, bytes, at + skip),
  };
}

/** Text of at most `size` characters, padded with 00 or FF (protocol 3.6). */
export function text(size: number, allowed = /^[\x20-\x7e]*$/): Field<string> {
  return {
    size,
    read: (bytes, at) => {
      let end = at + size;
      while (end > at && isPadding(bytes[end - 1])) end--;
      const value = String.fromCharCode(...bytes.subarray(at, end));
      return allowed.test(value) ? value : undefined;
    },
    write: (value, bytes, at) => {
      if (value.length > size || !allowed.test(value)) {
        throw new RangeError(`text: expected at most ${size} characters of ${allowed}, got ${value}`);
      }
      for (let i = 0; i < value.length; i++) bytes[at + i] = value.charCodeAt(i);
    },
  };
}

/** A part of a vehicle identification number: digits and capitals without I, O and Q; empty when there is none. */
export function vinPart(size: number): Field<string> {
  return text(size, /^[0-9A-HJ-NPR-Z]*$/);
}

/** Numbers of a version, a byte each, as text with dots: `4.5.3`. */
export function dotted(size: number): Field<string> {
  return {
    size,
    read: (bytes, at) => [...bytes.subarray(at, at + size)].join('.'),
    write: (value, bytes, at) => {
      const parts = /^\d+(\.\d+)*$/.test(value) ? value.split('.').map(Number) : [];
      if (parts.length !== size) throw new RangeError(`version: expected ${size} numbers, got ${value}`);
      parts.forEach((part, i) => void writeUnsigned(part, bytes, at + i, 1));
    },
  };
}

export type Phases = readonly [number, number, number];

function isPadding(byte: number | undefined): boolean {
  return byte === 0x00 || byte === 0xff;
}

function threePhases(phase: Field<number>): Field<Phases> {
  return {
    size: 3 * phase.size,
    read: (bytes, at) => {
      const [a, b, c] = [0, 1, 2].map((i) => phase.read(bytes, at + i * phase.size));
      return a === undefined || b === undefined || c === undefined ? undefined : [a, b, c];
    },
    write: (value, bytes, at) => value.forEach((v, i) => void phase.write(v, bytes, at + i * phase.size)),
  };
}

function integer(size: number): Field<number> {
  return {
    size,
    read: (bytes, at) => unsigned(bytes, at, size),
    write: (value, bytes, at) => writeUnsigned(value, bytes, at, size),
  };
}

function unsigned(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function writeUnsigned(value: number, bytes: Uint8Array, at: number, size: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 256 ** size) {
    throw new RangeError(`expected an integer from 0 to ${256 ** size - 1}, got ${value}`);
  }
  for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256;
}

const hexBytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** Upper-case hex digits, two for each byte. */
function hex(bytes: Uint8Array, at: number, size: number): string {
  let digits = '';
  for (let i = at; i < at + size; i++) digits += hexBytes[bytes[i] ?? 0] ?? '';
  return digits;
}
