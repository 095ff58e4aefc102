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
  /** What its meter says instead of its true counter. */
  counter: (counter: number) => number;
  /** What it has delivered, as it last spoke, kWh. */
  readonly delivered: number;
  /** What its car takes, A of each phase, as it last told. */
  readonly amps: readonly [number, number, number];
}

export function puppet(name: string, settings: Partial<SlaveSettings> = {}): Puppet {
  const inner = slave(name, { ...settings, car: () => strings.car });

  let told = 0;
  let spokeAt = 0;
  let countedFrom: number | undefined;

  function speak(now: number): SlaveMessage[] {
    spokeAt = now;
    countedFrom ??= inner.wattHours(now);
    return inner.nextMessages(now).map(said);
  }

  function said(message: SlaveMessage): SlaveMessage {
    if (message.name === 'slaveHeartbeat') {
      told = message.actualAmps;
      return { ...message, state: strings.code ?? message.state };
    }
    if (message.name === 'meterResponse') return { ...message, energyCounter: strings.counter(message.energyCounter) };
    return message;
  }

  const strings: Puppet = {
    slave: changed(inner, {
      received: (message, now) => void (strings.there && inner.received(message, now)),
      nextMessages: (now) => (strings.there ? speak(now) : []),
      get wakeAt() {
        // Looks now and then whether it is there again.
        return strings.there ? inner.wakeAt : inner.wakeAt + LOOKS_EVERY;
      },
    }),
    there: true,
    car: tesla,
    code: undefined,
    counter: (counter) => counter,
    get delivered() {
      return countedFrom === undefined ? 0 : (inner.wattHours(spokeAt) - countedFrom) / 1_000;
    },
    get amps() {
      return strings.car?.phases === 1 ? ([told, 0, 0] as const) : ([told, told, told] as const);
    },
  };
  return strings;
}

const LOOKS_EVERY = 100;
