// How a wrong value is mended in a file: what was probably meant, if the setting takes that.

import leven from 'leven';
import { accept } from '../schema.ts';
import type { Option } from './options.ts';

/** With a semicolon before it; empty where it is not known. `path`: of the setting. */
export function hint(path: string, option: Option<unknown>, got: unknown): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (got === null) return `; write for example "${name}: ${String(option.default)}", or leave the line out`;
  if (typeof got === 'object') return '';
  const takes = (value: unknown) => accept(option.check, value) !== undefined;
  if (typeof got !== 'string' && takes(String(got))) {
    return `; put it in quotes: ${name}: "${option.secret ? '…' : got}"`;
  }
  if (option.secret) return '';
  for (const [meant, how] of mends) {
    const value = meant(String(got), path);
    if (value !== undefined && takes(value)) return `; ${how}${name}: ${written(value)}`;
  }
  return likelyChoice(String(got), option);
}

type Mend = readonly [meant: (got: string, path: string) => unknown, how: string];

/** Units that change nothing: not 5 min, not 1 kW. */
const UNITS =
  /^\s*(\d+(?:\.\d+)?)\s*(?:[aAsvV%\p{Currency_Symbol}]|[aA]mp(?:ere)?s?|sec(?:ond)?s?|[vV]olts?|[A-Z]{3})?\s*$/u;
const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(m|min|minutes?|h|hours?)\s*$/i;
const YES = /^(?:true|yes|on|1|ja|oui|si)$/i;
const NO = /^(?:false|no|off|0|nein|non)$/i;

const mends: readonly Mend[] = [
  [(got) => found(got, UNITS), 'write the number alone: '],
  [(got) => found(got.replace(',', '.'), UNITS), 'write a point, not a comma: '],
  [inSeconds, 'in seconds that is '],
  [(got) => (YES.test(got) ? true : NO.test(got) ? false : undefined), 'write '],
  [(got) => got.trim().replace(/^\p{Quotation_Mark}+|\p{Quotation_Mark}+$/gu, ''), 'write '],
  [(got) => got.toLowerCase(), 'write '],
  [(got) => got.toUpperCase(), 'write '],
  [(got, path) => likely[path]?.(got), 'write '],
];

/** What was probably meant, by the path of the setting. */
const likely: Readonly<Record<string, (got: string) => string>> = {
  'interface.port': (got) => (/^dev\//.test(got) ? `/${got}` : `tcp://${got}`),
  'page.listen': (got) => `127.0.0.1:${got.replace(/^(?:https?:\/\/)?[^:/]*:|\/$/g, '')}`,
  'status.MQTT.topicPrefix': plainPrefix,
  'homeassistant.discoveryPrefix': plainPrefix,
};

function plainPrefix(got: string): string {
  return got.replace(/^[/$]+|\/?#?$/g, '').replaceAll(/\s+/g, '_');
}

function found(got: string, pattern: RegExp): number | undefined {
  const text = pattern.exec(got)?.[1];
  return text === undefined ? undefined : Number(text);
}

function inSeconds(got: string, path: string): number | undefined {
  const [, count = '', unit = ''] = DURATION.exec(got) ?? [];
  if (count === '' || !/seconds|ratelimit|refresh/i.test(path)) return undefined;
  return Number(count) * (unit.toLowerCase().startsWith('h') ? 3_600 : 60);
}

/** Text that YAML would take for a number stands in quotes. */
function written(value: unknown): string {
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? `"${value}"` : String(value);
}

function likelyChoice(got: string, { check: { choices = [] } }: Option<unknown>): string {
  const meant = choices.find((choice) => leven(choice, got.toLowerCase()) <= 2 && choice.length > 3);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
