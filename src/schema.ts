// What a value from outside may be: a setting, a line of a capture, what was saved. A schema says what it expected, so every
// wrong value gets the same clear error, and the type of a good one follows from it.

export interface Schema<T> {
  readonly expected: string;
  /** The part of a value that is good, and all its problems. `accept` and `parse` take a value only without a problem. */
  readonly read: (value: unknown) => Reading<T>;
  /** Of numbers, for texts that describe them. */
  readonly bounds?: readonly [number, number];
  readonly choices?: readonly string[];
}

interface Reading<T> {
  /** Undefined when nothing of it can be used. Bad entries of a list and bad fields that may be left out are left out. */
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** The way from the value that was read to the one that is wrong. */
  readonly at: readonly string[];
  readonly expected: string;
  readonly got: unknown;
}

/** The type of the values that a schema accepts. */
export type TypeOf<S> = S extends Schema<infer T> ? T : never;

/** The value if all of it is good. */
export function accept<T>(schema: Schema<T>, value: unknown): T | undefined {
  const { value: good, problems } = schema.read(value);
  return problems.length === 0 ? good : undefined;
}

/** The value, or an Error with all that is wrong with it. */
export function parse<T>(schema: Schema<T>, value: unknown): T {
  const { value: good, problems } = schema.read(value);
  if (good === undefined || problems.length > 0) throw new Error(problems.map(describeProblem).join('; '));
  return good;
}

export function describeProblem({ at, expected, got }: Problem): string {
  const place = at.length > 0 ? `${at.join('.')}: ` : '';
  return `${place}expected ${expected}, got ${shown(JSON.stringify(got))}`;
}

/** A piece of a text that cannot break lines or colour a terminal. */
export function shown(text: string | undefined): string {
  if (!text) return 'nothing';
  const harmless = text.replace(/\p{Cc}/gu, '?');
  return harmless.length > LONGEST_SHOWN ? `${harmless.slice(0, LONGEST_SHOWN)}…` : harmless;
}

const LONGEST_SHOWN = 60;

/** A value is wrong in a way for which there are better words than those of its schema. */
export class Wrong {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

/** `take` gives the value to use, or undefined if it is wrong. */
export function value<T>(expected: string, take: (value: unknown) => T | Wrong | undefined): Schema<T> {
  return {
    expected,
    read(value) {
      const taken = take(value);
      if (taken instanceof Wrong)
        return { value: undefined, problems: [{ at: [], expected: taken.expected, got: value }] };
      return { value: taken, problems: taken === undefined ? [{ at: [], expected, got: value }] : [] };
    },
  };
}

/** Just this value. */
export function literal<const L extends string | number | boolean>(only: L): Schema<L> {
  return value(JSON.stringify(only), (found) => (found === only ? only : undefined));
}

export function integer(min: number, max: number): Schema<number> {
  const isGood = (value: unknown) => Number.isInteger(value) && isWithin(value, min, max);
  const plain = value(`a whole number from ${min} to ${max}`, (found) => (isGood(found) ? Number(found) : undefined));
  return { ...plain, bounds: [min, max] };
}

export function number(min: number, max: number): Schema<number> {
  const plain = value(`a number from ${min} to ${max}`, (found) => (isWithin(found, min, max) ? found : undefined));
  return { ...plain, bounds: [min, max] };
}

export function choice<const C extends readonly string[]>(...choices: C): Schema<C[number]> {
  // A version number such as 5 may stand without quotes.
  const take = (found: unknown) =>
    choices.find((one) => one === found || (typeof found === 'number' && one === String(found)));
  return { ...value(`one of ${choices.join(', ')}`, take), choices };
}

export const yesOrNo: Schema<boolean> = value('true or false', (found) =>
  typeof found === 'boolean' ? found : undefined,
);

export function text(expected: string, fits: (value: string) => boolean = () => true): Schema<string> {
  return value(expected, (found) => (typeof found === 'string' && fits(found) ? found : undefined));
}

export function list<T>(each: Schema<T>): Schema<readonly T[]> {
  const expected = `a list, each ${each.expected}`;
  return {
    expected,
    read(found) {
      if (!Array.isArray(found)) return { value: undefined, problems: [{ at: [], expected, got: found }] };
      const read = found.map((one, i) => inside(String(i + 1), each.read(one)));
      return {
        value: read.flatMap(({ value }) => (value === undefined ? [] : [value])),
        problems: read.flatMap(({ problems }) => problems),
      };
    },
  };
}

/** Values by name; two names that mean the same are one too many. */
export function record<T>(
  name: Schema<string>,
  each: Schema<T>,
  expected = `${each.expected} by name`,
): Schema<Readonly<Record<string, T>>> {
  return {
    expected,
    read(found) {
      if (!isObject(found)) return { value: undefined, problems: [{ at: [], expected, got: found }] };
      const good = new Map<string, T>();
      const problems = Object.entries(found).flatMap(([key, one]): readonly Problem[] => {
        const { value: known } = name.read(key);
        if (known === undefined) return [{ at: [key], expected: name.expected, got: key }];
        if (good.has(known)) return [{ at: [key], expected: 'each name once', got: key }];
        const { value: entry, problems } = inside(key, each.read(one));
        if (entry !== undefined) good.set(known, entry);
        return problems;
      });
      return { value: Object.fromEntries(good), problems };
    },
  };
}

/** A field that may be missing. */
export type Optional<T> = Schema<T> & { readonly optional: true };

export function optional<T>(schema: Schema<T>): Optional<T> {
  return { ...schema, optional: true };
}

type Fields = Readonly<Record<string, Schema<unknown>>>;

type ObjectOf<F extends Fields> = {
  readonly [N in keyof F as F[N] extends Optional<unknown> ? never : N]: TypeOf<F[N]>;
} & { readonly [N in keyof F as F[N] extends Optional<unknown> ? N : never]?: TypeOf<F[N]> };

/** An object with these fields and no other. */
export function object<const F extends Fields>(
  fields: F,
  expected = `an object with ${Object.keys(fields).join(', ')}`,
): Schema<ObjectOf<F>> {
  return {
    expected,
    read(found) {
      if (!isObject(found)) return { value: undefined, problems: [{ at: [], expected, got: found }] };
      const strange = Object.keys(found).filter((name) => !Object.hasOwn(fields, name));
      const names = `one of ${Object.keys(fields).join(', ')}`;
      const problems: Problem[] = strange.map((name) => ({ at: [name], expected: names, got: name }));
      const good: Record<string, unknown> = {};
      let whole = true;
      for (const [name, schema] of Object.entries(fields)) {
        const one = Object.hasOwn(found, name) ? found[name] : undefined;
        if (one === undefined && 'optional' in schema) continue;
        const { value, problems: wrong } = inside(name, schema.read(one));
        problems.push(...wrong);
        if (value !== undefined) good[name] = value;
        else if (!('optional' in schema)) whole = false;
      }
      // Every field passed its schema, and none is missing.
      return { value: whole ? (good as ObjectOf<F>) : undefined, problems };
    },
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inside<T>(name: string, { value, problems }: Reading<T>): Reading<T> {
  return { value, problems: problems.map((one) => ({ ...one, at: [name, ...one.at] })) };
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}
