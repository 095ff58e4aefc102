// What a command of the command line is.

export interface Command {
  /** What stands behind the name, `1A2B` or `FILE`; left out for a command that takes nothing. */
  readonly argument?: string;
  readonly help: string;
  /** Beside those of every command, by their names without the dashes. */
  readonly options?: Readonly<Record<string, CommandOption>>;
  /** Runs until it is told to end, and then ends in order. */
  readonly lasts?: true;
  /** Rejects with an error in an owner's words: exit code 1, or 2 for a UsageError. */
  readonly run: (given: Given) => Promise<void>;
}

export interface CommandOption {
  /** What stands behind it; left out for one that is there or not. */
  readonly value?: string;
  /** The one letter that stands for it too. */
  readonly short?: string;
  readonly help: string;
}

interface Given {
  /** The configuration file. */
  readonly config: string;
  /** Empty for a command that takes none. */
  readonly argument: string;
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** The command line cannot be right. Known by its name: in the bundle a command may have a class of its own. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
