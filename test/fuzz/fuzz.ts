// What must hold whatever comes: one row a part of the bridge, each fed with so many bytes of chance. A row throws when
// something does not hold. The unit tests run them with few bytes, `npm run fuzz` with many.

import type { Random } from '../randomness.ts';
import { deafMaster, listener, noisyBus, noisyMaster, rivals } from './heart.ts';
import { commands } from './requests.ts';
import { appOptions, configuration } from './settings.ts';
import { wholeWire } from './wire.ts';

export interface Outcome {
  /** What was seen, by name: that a run has looked at something. */
  readonly seen: Readonly<Record<string, number>>;
  /** What was fed, so that its memory can be measured while it is still there. */
  readonly fed?: unknown;
}

export type Fuzz = (random: Random, bytes: number) => Outcome;

export const fuzzes: Readonly<Record<string, Fuzz>> = {
  'slip and codec': wholeWire,
  'listen mode': listener,
  'master, alone with noise': deafMaster,
  'master, noise beside the answers': noisyBus,
  'master, noise at any time': noisyMaster,
  'master, forged frames': rivals,
  commands,
  configuration,
  "the app's options": appOptions,
};

/**
 * However much a row was fed with, no more stays than this, bytes. With ten million bytes not one byte of each may be kept;
 * about 1 MB are the chargers that were taken for true, and the program's own code as it gets warm.
 */
export const heapBound = 3_000_000;
