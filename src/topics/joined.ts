// Several lists as one that is the same list as long as all of them are.

export class Joined<T> {
  #parts: readonly (readonly T[])[] = [];
  #all: readonly T[] = [];

  of(...parts: readonly (readonly T[])[]): readonly T[] {
    if (parts.length !== this.#parts.length || parts.some((part, index) => part !== this.#parts[index])) {
      this.#parts = parts;
      this.#all = parts.flat();
    }
    return this.#all;
  }
}
