// What an owner wants to read in the log about a charger, from the difference between before and after.

import { isState, stateText } from '../protocol/states.ts';
import { actualAmps, type Charger } from './charger.ts';
import { checkDigitFits } from './vin.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'debug';
  readonly text: string;
}

export function logLines(before: Charger | undefined, after: Charger): LogLine[] {
  if (!after.confirmed) return [];
  const lines = [
    presence(before, after),
    charge(before, after),
    vin(before, after),
    identity(before, after),
    state(before, after),
  ];
  return lines.flatMap((line) => (line ? [{ ...line, text: `${after.id}: ${line.text}` }] : []));
}

function presence(before: Charger | undefined, after: Charger): LogLine | undefined {
  const was = before?.confirmed === true && before.online;
  if (after.online === was) return undefined;
  if (!after.online) return { level: 'warn', text: 'not heard any more, offline' };
  const rated = after.ratedAmps === undefined ? '' : `, hardware limit ${after.ratedAmps} A`;
  return { level: 'info', text: `online${rated}` };
}

function charge(before: Charger | undefined, after: Charger): LogLine | undefined {
  if (after.charging.on === (before?.charging.on ?? false)) return undefined;
  if (!after.charging.on) return { level: 'info', text: 'stopped charging' };
  return { level: 'info', text: `charging, ${actualAmps(after)} A` };
}

function vin(before: Charger | undefined, { vin }: Charger): LogLine | undefined {
  if (vin.type !== 'known' || before?.vin.type === 'known') return undefined;
  const doubt = checkDigitFits(vin.text) ? '' : ' (its check digit is wrong, which is normal for cars built in Europe)';
  return { level: 'info', text: `vehicle ${vin.text}${doubt}` };
}

function identity(before: Charger | undefined, after: Charger): LogLine | undefined {
  const { serialNumber, firmware } = after;
  if (serialNumber !== undefined && before?.serialNumber === undefined) {
    return { level: 'info', text: `serial number ${serialNumber}` };
  }
  if (firmware !== undefined && before?.firmware === undefined) return { level: 'info', text: `firmware ${firmware}` };
  return undefined;
}

function state(before: Charger | undefined, { heartbeat }: Charger): LogLine | undefined {
  if (!heartbeat || heartbeat.state === before?.heartbeat?.state) return undefined;
  return { level: isState(heartbeat, 'error') ? 'warn' : 'debug', text: stateText(heartbeat.state) };
}
