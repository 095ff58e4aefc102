// What a setting may be. A check knows how to say what it expected, so every wrong value gets the same clear error.

export interface Check<T> {
  readonly expected: string;
  /** The value to use, or undefined if this one is wrong. `value` is what stood in the file. */
  readonly accept: (value: unknown) => T | undefined;
  /** Bounds of numbers, for whoever describes the setting elsewhere. */
  readonly bounds?: readonly [number, number];
  readonly choices?: readonly string[];
}

export function integer(min: number, max: number): Check<number> {
  return {
    expected: `an integer from ${min} to ${max}`,
    bounds: [min, max],
    accept: (value) => (Number.isInteger(value) && isWithin(value, min, max) ? value : undefined),
  };
}

export function number(min: number, max: number): Check<number> {
  return {
    expected: `a number from ${min} to ${max}`,
    bounds: [min, max],
    accept: (value) => (isWithin(value, min, max) ? value : undefined),
  };
}

export function choice<const C extends readonly string[]>(...choices: C): Check<C[number]> {
  return {
    expected: `one of ${choices.join(', ')}`,
    choices,
    // A version number such as 5 may stand without quotes.
    accept: (value) => choices.find((one) => one === value || (typeof value === 'number' && one === String(value))),
  };
}

export const yesOrNo: Check<boolean> = {
  expected: 'true or false',
  accept: (value) => (typeof value === 'boolean' ? value : undefined),
};

export function text(expected: string, fits: (value: string) => boolean): Check<string> {
  return { expected, accept: (value) => (typeof value === 'string' && fits(value) ? value : undefined) };
}

/** Numbers by name. */
export function numbersFor(names: readonly string[], each: Check<number>): Check<Readonly<Record<string, number>>> {
  return {
    expected: `${each.expected} for each of some of ${names.join(', ')}`,
    accept: (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const entries = Object.entries(value).map(([name, one]) => [name, each.accept(one)] as const);
      const good = entries.flatMap(([name, one]) =>
        names.includes(name) && one !== undefined ? [[name, one] as const] : [],
      );
      return good.length === entries.length ? Object.fromEntries(good) : undefined;
    },
  };
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}
