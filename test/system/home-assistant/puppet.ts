// A simulated charger that does what the test wants of it while it runs.

import type { SlaveMessage } from '../../../src/protocol/messages.ts';
import type { Car, Slave, SlaveSettings } from '../../../src/simulator/slave.ts';
import { changed, slave, tesla } from '../../world.ts';

/** What the test sets. */
export interface Puppet {
  readonly slave: Slave;
  /** False: it hears nothing and says nothing. */
  there: boolean;
  car: Car | undefined;
  /** The state code that it reports instead of the true one. */
  code: number | undefined;
  /** What its car takes, A of each phase, as it last told. */
  readonly amps: readonly [number, number, number];
}

export function puppet(name: string, settings: Partial<SlaveSettings> = {}): Puppet {
  const inner = slave(name, { ...settings, car: () => strings.car });

  let told = 0;

  function said(message: SlaveMessage): SlaveMessage {
    if (message.name === 'slaveHeartbeat') {
      told = message.actualAmps;
      return { ...message, state: strings.code ?? message.state };
    }
    return message;
  }

  const strings: Puppet = {
    slave: changed(inner, {
      received: (message, now) => void (strings.there && inner.received(message, now)),
      nextMessages: (now) => (strings.there ? inner.nextMessages(now).map(said) : []),
      get wakeAt() {
        // Looks now and then whether it is there again.
        return strings.there ? inner.wakeAt : inner.wakeAt + LOOKS_EVERY;
      },
    }),
    there: true,
    car: tesla,
    code: undefined,
    get amps() {
      return strings.car?.phases === 1 ? ([told, 0, 0] as const) : ([told, told, told] as const);
    },
  };
  return strings;
}

const LOOKS_EVERY = 100;
