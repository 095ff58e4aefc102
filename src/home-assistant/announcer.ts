// The life of announcements: what is to be there, what of an earlier run must go, and what somebody deleted in Home
// Assistant. Only topics that this bridge announced are ever cleared.

import type { Charger } from '../charger/charger.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Publication } from '../topics/publisher.ts';
import { announcedAt, announcements, type DiscoverySettings, isBundle, isOurs } from './payloads.ts';

export interface Announcer {
  /** What the discovery topics should hold now; `first` is what must arrive before the rest. */
  wants(chargers: readonly Charger[], now: number): readonly (Publication & { readonly first: boolean })[];
  /** The broker has taken what was wanted of a topic; true if it is of ours and needs no more care. */
  acknowledged(topic: string, payload: string, now: number): boolean;
  /**
   * A message of a discovery topic came: `deleted` if somebody deleted an announcement of ours, `found` if it is one of
   * ours that an earlier run left and that is not wanted any more.
   */
  received(topic: string, payload: string): 'deleted' | 'found' | undefined;
  /** The patterns under which these chargers and the bridge are announced. */
  subscriptions(chargers: readonly Charger[]): readonly string[];
  /** The topics that hold an announcement of ours, to be remembered across restarts; the same list while they are the same. */
  readonly announced: readonly string[];
  /** When `wants` gives something else although nothing happened. */
  readonly wakeAt: number;
}

/** Makes Home Assistant let go of an entity so that another topic can take it over with its history. */
const MIGRATE = '{"migrate_discovery":true}';
/** Home Assistant takes over at its own pace; the old topic is emptied after that. */
const MIGRATES_WITHIN = 5_000;

type Removal = 'migrating' | 'migrated' | 'clearing';

/** `before`: the topics that an earlier run announced. */
export function createAnnouncer(settings: DiscoverySettings, before: readonly string[]): Announcer {
  const announced = new Set(before);
  /** Topics that are on their way out; a time for those that are emptied then. */
  const removing = new Map<string, { readonly step: Removal; readonly at: number }>();
  const deleted = new Set<string>();
  let listed = before;
  let wanted: ReadonlyMap<string, string> = new Map();

  function removalOf(topic: string): Removal {
    // Only the other form of the same entities has somebody to take them over.
    const otherForm = settings.mode !== 'off' && isBundle(topic, settings) !== (settings.mode === 'device');
    return otherForm ? 'migrating' : 'clearing';
  }

  return {
    wants(chargers, now) {
      wanted = new Map(announcements(chargers, settings).map(({ topic, payload }) => [topic, payload]));
      for (const topic of announced) {
        if (wanted.has(topic) || deleted.has(topic)) continue;
        const going = removing.get(topic);
        if (!going) removing.set(topic, { step: removalOf(topic), at: Number.POSITIVE_INFINITY });
        else if (going.step === 'migrated' && going.at <= now) {
          removing.set(topic, { step: 'clearing', at: Number.POSITIVE_INFINITY });
        }
      }
      const last = [...removing].map(([topic, { step }]) => {
        const clearing = step === 'clearing';
        return { topic, payload: clearing ? '' : MIGRATE, first: !clearing };
      });
      const there = [...wanted]
        .filter(([topic]) => !deleted.has(topic))
        .map(([topic, payload]) => {
          announced.add(topic);
          removing.delete(topic);
          return { topic, payload, first: false };
        });
      return [...last.filter(({ topic }) => !wanted.has(topic)), ...there];
    },
    acknowledged(topic, payload, now) {
      const going = removing.get(topic);
      if (going?.step === 'migrating' && payload === MIGRATE)
        removing.set(topic, { step: 'migrated', at: now + MIGRATES_WITHIN });
      if (going?.step !== 'clearing' || payload !== '') return false;
      removing.delete(topic);
      announced.delete(topic);
      return true;
    },
    received(topic, payload) {
      if (payload !== '' && !wanted.has(topic) && !announced.has(topic) && isOurs(payload)) {
        announced.add(topic);
        return 'found';
      }
      if (payload !== '' || !wanted.has(topic) || deleted.has(topic)) return undefined;
      deleted.add(topic);
      announced.delete(topic);
      return 'deleted';
    },
    subscriptions(chargers) {
      const ids: (TwcId | undefined)[] = [undefined, ...chargers.map(({ id }) => id)];
      return ids.flatMap((id) => announcedAt(id, settings));
    },
    get announced() {
      if (listed.length !== announced.size || listed.some((topic) => !announced.has(topic))) {
        listed = [...announced].sort();
      }
      return listed;
    },
    get wakeAt() {
      return Math.min(Number.POSITIVE_INFINITY, ...[...removing.values()].map(({ at }) => at));
    },
  };
}
