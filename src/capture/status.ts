// What is told of captures: the one that runs, and those that are kept.

export interface CaptureNow {
  /** The name of the file that is written; undefined while there is none. */
  readonly running?: string | undefined;
  /** What was heard of a capture last; empty before the first. */
  readonly words: string;
  /** It ends by itself when it is as long. */
  readonly mostMegabytes: number;
}

export interface CaptureKept {
  readonly name: string;
  readonly bytes: number;
}
