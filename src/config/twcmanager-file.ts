// What stands in the configuration of TWCManager, what of it was looked at, and what takes the place of the rest.

import { isObject } from '../schema.ts';

/** What TWCManager has and we do not: its name, and what takes its place. */
export interface Left {
  readonly name: string;
  readonly comment: string;
}

/** How units are written behind a number. */
const units = {
  amps: ['a', 'amp', 'amps', 'ampere', 'amperes'],
  volts: ['v', 'volt', 'volts'],
  seconds: ['s', 'sec', 'seconds'],
};

/** What stands in TWCManager's file, and what of it was looked at. */
export class TwcManagerFile {
  readonly #json: Readonly<Record<string, unknown>>;
  readonly #seen = new Set<string>();
  readonly warnings: string[] = [];

  constructor(json: Readonly<Record<string, unknown>>) {
    this.#json = json;
  }

  /** Undefined when it is not there. */
  at(path: string): unknown {
    this.#seen.add(path);
    return path.split('.').reduce<unknown>((node, name) => (isObject(node) ? node[name] : undefined), this.#json);
  }

  /** Numbers are sometimes written as text, with a unit or with a comma. */
  number(path: string, unit?: keyof typeof units): number | undefined {
    const found = this.at(path);
    const [, digits, written = ''] = /^\s*([+-]?\d+(?:[.,]\d+)?)\s*([a-z]*)\s*$/i.exec(String(found)) ?? [];
    const isMeant = written === '' || (unit !== undefined && units[unit].includes(written.toLowerCase()));
    const number = typeof found === 'string' && digits && isMeant ? Number(digits.replace(',', '.')) : found;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  }

  /** Names of digits only are sometimes written as a number. */
  text(path: string): string | undefined {
    const found = this.at(path);
    return typeof found === 'string' || typeof found === 'number' ? String(found).trim() : undefined;
  }

  isOn(path: string, otherwise: boolean): boolean {
    const found = this.at(path);
    return found === undefined ? otherwise : ['true', '1', 'yes', 'on'].includes(String(found).trim().toLowerCase());
  }

  warn(text: string): void {
    this.warnings.push(text);
  }

  left(): Left[] {
    const all = leaves(this.#json, '').filter((name) => !this.#seen.has(name) && !/\.(enabled|baud)$/.test(name));
    return all.map((name) => ({
      name,
      comment: counterparts.find(([begin]) => name.startsWith(begin))?.[1] ?? 'nothing here',
    }));
  }
}

/** The names of all values; a part that is switched off counts as one. */
function leaves(node: Readonly<Record<string, unknown>>, above: string): string[] {
  return Object.entries(node).flatMap(([name, value]) => {
    const path = above + name;
    if (!isObject(value)) return [path];
    const isOff = 'enabled' in value && !value.enabled && !['interface', 'status'].includes(above.replace('.', ''));
    return isOff ? [path] : leaves(value, `${path}.`);
  });
}

const sun = 'charging with the sun is a blueprint of Home Assistant here, or evcc does it';
const tesla = 'nothing is asked of Tesla here';
const policy = 'rules are automations of Home Assistant here, or evcc has them';

/** By how a name of TWCManager begins: what takes its place here. */
const counterparts: readonly (readonly [string, string])[] = [
  ['config.maxAmpsAllowedFromGrid', 'protecting the main fuse is a blueprint of Home Assistant here'],
  ['config.greenEnergy', sun],
  ['config.useFlexAmps', sun],
  ['config.subtractChargerLoad', sun],
  ['config.treatGeneration', sun],
  ['config.hourResume', sun],
  ['config.startStopDelay', sun],
  ['config.realPower', 'power is measured by the charger, or amps times volts'],
  ['config.cloud', tesla],
  ['config.tesla', tesla],
  ['config.wake', tesla],
  ['config.minChargeLevel', tesla],
  ['config.atHome', tesla],
  ['config.respectVehicle', tesla],
  ['config.schedule', policy],
  ['config.settingsPath', 'state.path, if the usual place is not good'],
  ['config.display', 'the log has no such choice'],
  ['interface.', 'only the interface that is switched on is taken'],
  ['control.MQTT', 'chargers are controlled at the same broker as they are shown'],
  ['control.HTTP', 'a page is served at page.listen'],
  ['control.', 'nothing here'],
  ['policy', policy],
  ['logging', 'the log is standard output, and sessions are kept: see the command sessions'],
  ['sources', sun],
  ['vehicle', tesla],
  ['status.HASS', 'Home Assistant finds the chargers by MQTT'],
  ['status.MQTT', 'nothing here'],
];
