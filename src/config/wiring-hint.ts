// What an owner should know who has not yet said what the wiring carries.

import { type Config, options } from './options.ts';

const wiring = ['config.maxAmpsForSlaves', 'config.maxAmpsPerTWC'] as const;

/** Undefined where more is configured, or nothing real is given amps. */
export function wiringHint(config: Config): string | undefined {
  if (config['interface.port'].type === 'simulator' || config['interface.mode'] === 'listen') return undefined;
  const unsaid = wiring.filter((path) => config[path] === options[path].default);
  if (unsaid.length === 0) return undefined;
  const least = Math.min(...unsaid.map((path) => config[path]));
  const names = `${unsaid.join(' and ')} ${unsaid.length > 1 ? 'are' : 'is'} ${least}`;
  return `chargers get ${least} A at most: ${names}; write there what your electrician says`;
}
