// What survives a restart, checked like anything that comes from outside.

import { savedCharger } from '../charger/saved.ts';
import { setPoints } from '../control/targets.ts';
import { list, literal, object, optional, type TypeOf, text } from '../schema.ts';
import { savedSessions } from '../session/saved.ts';

/** Of the file's form. */
export const VERSION = 1;

export const savedState = object({
  version: literal(VERSION),
  /** Stable for this installation, different from every other. */
  clientId: text('a name', (found) => /^[\w-]{1,64}$/.test(found)),
  /** The bus that the chargers are on. */
  port: text('a port'),
  /** The lasting name of the serial adapter that was used last; none in the states of older versions. */
  adapter: optional(text('a name')),
  chargers: list(savedCharger),
  /** The broker that holds the announcements. */
  broker: optional(text('a broker')),
  /** Discovery topics that hold an announcement of ours. */
  announced: optional(list(text('a topic'))),
  /** The prefixes under which that broker holds topics of ours. */
  prefixes: optional(list(text('a prefix'))),
  setPoints: optional(setPoints),
  /** The newest session of each charger; none in the states of older versions. */
  sessions: optional(list(savedSessions)),
});

type Read = TypeOf<typeof savedState>;
export type SavedState = Required<Omit<Read, 'adapter'>> & Pick<Read, 'adapter'>;
