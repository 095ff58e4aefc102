// What has to be closed at the end, in the reverse of the order in which it was opened.

type Close = () => Promise<unknown> | unknown;

export interface Closers extends AsyncDisposable {
  add(close: Close): void;
}

/** Closes one after the other; what fails does not keep the others open, and the first error is thrown at the end. */
export function createClosers(): Closers {
  const closers: Close[] = [];
  return {
    add: (close) => void closers.push(close),
    async [Symbol.asyncDispose]() {
      const errors: unknown[] = [];
      for (const close of closers.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}
