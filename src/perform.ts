// Performs what comes out of the heart, on the link, the broker, the page, the disk and the log.

import type { Broker } from './io/broker.ts';
import { bounded, deferred } from './io/deferred.ts';
import type { Link } from './io/link.ts';
import type { Log } from './io/log.ts';
import type { Page } from './page/page.ts';
import { type AllowList, forbidden } from './protocol/allow-list.ts';
import type { Storage } from './state/storage.ts';
import type { Input, Output } from './step.ts';

export interface PerformerSettings {
  readonly storage: Pick<Storage, 'save' | 'saved' | 'endSession'>;
  readonly allowList: AllowList;
  /** What is known of simulated chargers, and what an embedded broker holds, ends with the process. */
  readonly forgets: { readonly chargers: boolean; readonly announced: boolean };
  readonly log: Log;
}

/** A disk that takes longer holds nothing up, ms. */
const SAVED_WITHIN = 1_000;

type Step = (input: Input) => unknown;
type Performers = {
  readonly [T in Output['type']]: (output: Extract<Output, { readonly type: T }>, step: Step) => void;
};

export class Performer {
  /** Undefined while they are not open. */
  link: Link | undefined;
  broker: Broker | undefined;
  page: Page | undefined;
  readonly #settings: PerformerSettings;
  readonly #stopped = deferred<void>();
  /** The newest state is being written; undefined when it is. */
  #saving: Promise<void> | undefined;
  readonly #performers: Performers = {
    send: ({ bytes }) => this.send(bytes),
    publish: ({ topic, payload }, step) => this.#onceSaved(() => this.#publish(topic, payload, step)),
    subscribe: ({ topic }) => this.broker?.subscribe(topic),
    show: ({ changes }) => this.page?.show(changes),
    log: ({ level, text }) => this.#settings.log(level, text),
    save: ({ type, ...newest }) => this.#save(newest),
    endSession: ({ session }) => this.#settings.storage.endSession(session),
    stopped: () => this.#onceSaved(() => this.#stopped.resolve()),
    // It is read where the command is given.
    answer: () => {},
  };

  constructor(settings: PerformerSettings) {
    this.#settings = settings;
  }

  perform(output: Output, step: Step): void {
    // The row of its type takes it.
    (this.#performers[output.type] as (output: Output, step: Step) => void)(output, step);
  }

  /** Resolves when the heart has told the chargers that it ends. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  /** Writes a frame to the bus, if it may be written there. */
  send(bytes: Uint8Array): void {
    const { allowList, log } = this.#settings;
    const problem = forbidden(bytes, allowList);
    if (problem !== undefined) {
      log('error', `refused to send a frame: ${problem}`);
      return;
    }
    this.link?.write?.(bytes);
    this.page?.traffic('sent', bytes);
  }

  /** What subscribers are given is on the disk before: a bridge that is killed then never says less than before. */
  #onceSaved(act: () => void): void {
    if (this.#saving !== undefined) void this.#saving.then(act);
    else act();
  }

  #publish(topic: string, payload: string, step: Step): void {
    this.broker?.publish(topic, payload, (problem) =>
      step({ type: 'delivered', topic, refused: problem !== undefined }),
    );
  }

  #save(newest: Omit<Extract<Output, { readonly type: 'save' }>, 'type'>): void {
    const { storage, forgets } = this.#settings;
    storage.save({
      ...newest,
      ...(forgets.chargers && { chargers: [] }),
      ...(forgets.announced && { announced: [], prefixes: [] }),
    });
    const saving = bounded(storage.saved(), { within: SAVED_WITHIN }).catch(() => {});
    this.#saving = saving;
    void saving.then(() => {
      if (this.#saving === saving) this.#saving = undefined;
    });
  }
}
