// A simulated bus: bytes of a master in, bytes of simulated slaves out, with the junk byte that real units add.

import { decode, encode } from '../protocol/codec.ts';
import type { TwcId } from '../protocol/field.ts';
import { Cutter, wire } from '../protocol/slip.ts';
import { type Car, SimulatedSlave, type Slave } from './slave.ts';

export interface SimulatedBus {
  /** The master wrote. */
  write(bytes: Uint8Array, now: number): void;
  /** What is on the wire now; empty if nothing. */
  read(now: number): Uint8Array;
  readonly wakeAt: number;
}

/** The line's glitch when a real unit releases it (protocol 1.2). */
const JUNK = 0xfc;

export function createSimulatedBus(slaves: readonly Slave[]): SimulatedBus {
  const cutter = new Cutter();
  return {
    write(bytes, now) {
      for (const { frame } of cutter.cut(bytes, now)) {
        const decoded = frame && decode(frame);
        if (!decoded?.valid) continue;
        for (const slave of slaves) slave.received(decoded.message, now);
      }
    },
    read(now) {
      const frames = slaves.flatMap((slave) =>
        slave.nextMessages(now).map((message) => encode(message, slave.version)),
      );
      return Uint8Array.from(frames.flatMap((frame) => [...wire(frame), JUNK]));
    },
    get wakeAt() {
      return Math.min(...slaves.map((slave) => slave.wakeAt));
    },
  };
}

const MINUTE = 60_000;

/** What a new owner sees: a three-phase car, a single-phase car and a unit of protocol version 1, with cars that come and go. */
export function demonstration(): SimulatedSlave[] {
  return [
    new SimulatedSlave({
      id: simulatedId('1A2B'),
      version: 2,
      ratedAmps: 32,
      volts: [231, 229, 232],
      counter: 8_732,
      counterIn: 'kWh',
      serial: 'A17I0001A2B',
      firmware: '4.5.3.2',
      car: visits({ amps: 16, phases: 3, vin: '5YJ3E1EA2KF000317' }, { every: 10 * MINUTE, for: 7 * MINUTE, from: 0 }),
    }),
    new SimulatedSlave({
      id: simulatedId('3C4D'),
      version: 2,
      ratedAmps: 32,
      volts: [230, 0, 0],
      counter: 924_310,
      counterIn: 'Wh',
      serial: 'A18K0003C4D',
      firmware: '4.5.3.2',
      car: visits(
        { amps: 32, phases: 1, vin: '5YJSA1E2XHF000204' },
        { every: 8 * MINUTE, for: 3 * MINUTE, from: 2 * MINUTE },
      ),
    }),
    new SimulatedSlave({
      id: simulatedId('5E6F'),
      version: 1,
      ratedAmps: 32,
      volts: [230, 230, 230],
      counter: 0,
      counterIn: 'kWh',
      serial: '',
      firmware: '',
      car: visits({ amps: 10, phases: 3, vin: '' }, { every: 6 * MINUTE, for: 2 * MINUTE, from: 1 * MINUTE }),
    }),
  ];
}

function visits(car: Car, times: { every: number; for: number; from: number }): (now: number) => Car | undefined {
  return (now) => (now >= times.from && (now - times.from) % times.every < times.for ? car : undefined);
}

function simulatedId(text: string): TwcId {
  // Four hex digits as written above.
  return text as TwcId;
}
