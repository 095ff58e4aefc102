// The command that carries a limit to a slave. Version 1 knows 05 only; version 2 takes 09, and where that does not help the
// answer to its state (protocol 4.6).

import type { Charger } from '../charger/charger.ts';
import type { TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';

export interface LimitCommands {
  /** The command for the next limit; asked once for each. */
  for(charger: Charger): 0x05 | 0x08 | 0x09;
}

/** So many heartbeats in a row a slave may ask for a limit in vain before it gets the answer to its state. */
const HANGS_AFTER = 5;

export function createLimitCommands(): LimitCommands {
  /** How often in a row a slave has asked in vain. */
  const hanging = new Map<TwcId, number>();
  return {
    for({ id, version, heartbeat: last }) {
      if (version === 1) return 0x05;
      const asks = last?.limitAmps === 0 && isState(last, 'readyToCharge', 'starting');
      const times = asks ? (hanging.get(id) ?? 0) + 1 : 0;
      hanging.set(id, times);
      if (times <= HANGS_AFTER || times % 2 === 0) return 0x09;
      return isState(last, 'readyToCharge') ? 0x05 : 0x08;
    },
  };
}
