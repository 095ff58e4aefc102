// What a test opened, closed in reverse. Node 20 has no AsyncDisposableStack.

export class AsyncStack {
  readonly #ends: (() => void | PromiseLike<void>)[] = [];

  use<T extends Disposable | AsyncDisposable>(opened: T): T {
    this.#ends.unshift(() =>
      Symbol.asyncDispose in opened ? opened[Symbol.asyncDispose]() : opened[Symbol.dispose](),
    );
    return opened;
  }

  async end(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}
