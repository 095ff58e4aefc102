// What an owner is told beside the findings on the bus: a switch that cannot stop, an id that is mistyped.

import type { Finding } from '../bus/finding.ts';
import type { Charger } from '../charger/charger.ts';
import type { AllChargerSettings } from '../charger/charger-settings.ts';
import type { Targets } from '../control/targets.ts';
import { Joined } from './joined.ts';
import { Unstopped } from './unstopped.ts';
import { WrongIds } from './wrong-ids.ts';

interface HintSettings {
  readonly mode: 'master' | 'listen';
  readonly relay: boolean;
  readonly chargerSettings: AllChargerSettings;
}

export class Hints {
  readonly #unstopped: Unstopped;
  readonly #wrongIds: WrongIds;
  readonly #joined = new Joined<Finding>();

  constructor({ mode, relay, chargerSettings }: HintSettings, log: (level: 'warn', text: string) => void) {
    this.#unstopped = new Unstopped(mode === 'master' && !relay);
    this.#wrongIds = new WrongIds(chargerSettings, (text) => log('warn', text));
  }

  /** The same list as long as it is the same. */
  findings(chargers: readonly Charger[], targets: Targets, now: number): readonly Finding[] {
    return this.#joined.of(this.#unstopped.findings(chargers, targets), this.#wrongIds.findings(chargers, now));
  }
}
