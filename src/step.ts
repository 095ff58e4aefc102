// The heart as others see it: what goes in and what comes out is plain data, so a recorded session is a test.

import type { Finding } from './bus/finding.ts';
import type { SavedCharger } from './charger/saved.ts';
import type { SetPoints } from './control/targets.ts';
import type { SessionRecord } from './session/record.ts';
import type { SavedSessions } from './session/saved.ts';
import type { Publication } from './topics/publisher.ts';
import type { Change } from './topics/values.ts';

export interface Bridge {
  step(input: Input, now: number): readonly Output[];
  /** When the next `time` is due. */
  wakeAt(now: number): number;
  /**
   * For the case that `step` has thrown: what tells the chargers that the bridge ends, with no other part than the bus;
   * undefined while it has to wait for an answer, `done` when there is nothing more to say.
   */
  lastFrame(now: number): Uint8Array | 'done' | undefined;
  /** What is wrong and what is worth knowing. */
  readonly findings: readonly Finding[];
}

export type Input =
  | { readonly type: 'link'; readonly up: true }
  | { readonly type: 'link'; readonly up: false; readonly reason: string }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'broker'; readonly up: boolean; readonly reason?: string }
  /** The broker acknowledged, or refused, the last publication of this topic. */
  | { readonly type: 'delivered'; readonly topic: string; readonly refused?: boolean }
  /** A message came on a topic that we subscribed to. */
  | { readonly type: 'message'; readonly topic: string; readonly payload: string; readonly retained: boolean }
  | { readonly type: 'time' }
  /** The bridge is to end: chargers are told first, then comes the output `stopped`. */
  | { readonly type: 'shutdown' };

export type Output =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | ({ readonly type: 'publish' } & Publication)
  /** What topics should say from now on, by their names below the prefix and held back by no limit: for the page. */
  | { readonly type: 'show'; readonly changes: readonly Change[] }
  /** What became of a command: why it was refused, undefined if it was not. */
  | { readonly type: 'answer'; readonly refusal: string | undefined }
  | { readonly type: 'log'; readonly level: 'warn' | 'info' | 'debug'; readonly text: string }
  | { readonly type: 'subscribe'; readonly topic: string }
  | ({ readonly type: 'save' } & Saved)
  /** A session is over, to be kept for years. */
  | { readonly type: 'endSession'; readonly session: SessionRecord }
  | { readonly type: 'stopped' };

/** What is to survive a restart. */
export interface Saved {
  readonly chargers: readonly SavedCharger[];
  readonly announced: readonly string[];
  readonly prefixes: readonly string[];
  readonly setPoints: SetPoints;
  readonly sessions: readonly SavedSessions[];
}
