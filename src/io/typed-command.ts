// How a person types the command that is running, so that what we say can be typed too.

import { basename, isAbsolute, relative } from 'node:path';

/** `script` is what Node.js was started with. */
export function typedCommand(
  script = process.argv[1] ?? '',
  folder = process.cwd(),
  npmScript = process.env.npm_lifecycle_event,
): string {
  if (npmScript === 'start') return 'npm start --';
  const short = relative(folder, script);
  const path = short.startsWith('..') || isAbsolute(short) ? script : short;
  if (basename(script) !== 'twc2mqtt') return `node ${path}`;
  // Installed for everybody it is on the PATH; in a folder of packages npx finds it.
  return /[/\\]node_modules[/\\]\.bin[/\\]/.test(script) ? 'npx twc2mqtt' : 'twc2mqtt';
}
