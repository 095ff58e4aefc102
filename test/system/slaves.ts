// Simulated slaves at the end of a cable, in real time, and an ear on what the master says.

import { decode, encode, type Version } from '../../src/protocol/codec.ts';
import type { MasterMessage, Message, SlaveMessage } from '../../src/protocol/messages.ts';
import { Cutter, wire } from '../../src/protocol/slip.ts';
import { createSimulatedBus } from '../../src/simulator/bus.ts';
import type { Slave } from '../../src/simulator/slave.ts';
import { changed } from '../world.ts';
import type { Cable } from './cable.ts';
import { connected } from './remembered.ts';

export interface Slaves extends Disposable {
  /** Everything valid that came from the bridge. */
  readonly heard: readonly { readonly at: number; readonly message: Message }[];
  /** Everything that the slaves said, whether or not it arrived whole. */
  readonly said: readonly SlaveMessage[];
  /** When this slave was sent a heartbeat (ms). */
  heartbeats(id: string): number[];
  /** The slave hears nothing and says nothing from now on. */
  mute(id: string): void;
  /** The slave is there again. */
  unmute(id: string): void;
  /** Somebody speaks out of turn; the slaves hear it too. */
  say(message: MasterMessage | SlaveMessage, version?: Version): void;
}

export interface SlavesSettings {
  /** What becomes of their bytes on the way to the bridge: the packets that arrive. */
  readonly line?: (bytes: Uint8Array) => readonly Uint8Array[];
  /** They never announce themselves. */
  readonly shy?: boolean;
}

export function attach(cable: Cable, slaves: readonly Slave[], settings: SlavesSettings = {}): Slaves {
  const { line = (bytes) => [bytes], shy = false } = settings;
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  const heard: { at: number; message: Message }[] = [];
  const said: SlaveMessage[] = [];
  const muted = new Set<string>();
  const ear = new Cutter();
  let timer: NodeJS.Timeout | undefined;
  const bus = createSimulatedBus(slaves.map(watched));
  connected(cable.port, slaves);

  function watched(slave: Slave): Slave {
    return changed(slave, {
      received: (message, at) => void (muted.has(slave.id) || slave.received(message, at)),
      nextMessages(at) {
        const spoken = slave
          .nextMessages(at)
          .filter(({ name }) => !muted.has(slave.id) && !(shy && name === 'slaveLinkready'));
        said.push(...spoken);
        return spoken;
      },
    });
  }

  function wake(): void {
    const bytes = bus.read(now());
    if (bytes.length > 0) for (const packet of line(bytes)) cable.send(packet);
    clearTimeout(timer);
    if (slaves.length > 0) timer = setTimeout(wake, Math.max(1, Math.ceil(bus.wakeAt - now())));
  }

  cable.onBytes((bytes) => {
    for (const { frame } of ear.cut(bytes, now())) {
      const decoded = frame && decode(frame);
      if (decoded?.valid) heard.push({ at: now(), message: decoded.message });
    }
    bus.write(bytes, now());
    wake();
  });
  wake();

  return {
    heard,
    said,
    heartbeats: (id) => heard.filter(({ message }) => isHeartbeatTo(id, message)).map(({ at }) => at),
    mute: (id) => void muted.add(id),
    unmute: (id) => void muted.delete(id),
    say(message, version = 2) {
      const bytes = wire(encode(message, version));
      cable.send(bytes);
      bus.write(bytes, now());
      wake();
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function isHeartbeatTo(id: string, message: Message): boolean {
  return (message.name === 'masterHeartbeat' || message.name === 'masterHeartbeatLimit') && message.receiver === id;
}
