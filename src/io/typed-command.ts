// How a person types the command that is running, so that what we say can be typed too.

import { basename, isAbsolute, relative } from 'node:path';

/** Where the image has the program: there is no shell in it for an owner, only the compose file. */
const IN_IMAGE = '/opt/twc2mqtt/twc2mqtt.js';

/** `script` is what Node.js was started with. */
export function typedCommand(
  script = process.argv[1] ?? '',
  folder = process.cwd(),
  npmScript = process.env.npm_lifecycle_event,
): string {
  if (npmScript === 'start') return 'npm start --';
  if (script === IN_IMAGE) return 'docker compose run --rm twc2mqtt';
  const short = relative(folder, script);
  const path = short.startsWith('..') || isAbsolute(short) ? script : short;
  if (basename(script) !== 'twc2mqtt') return `node ${path}`;
  // Installed globally it is on the PATH; in a folder of packages npx finds it.
  return /[/\\]node_modules[/\\]\.bin[/\\]/.test(script) ? 'npx twc2mqtt' : 'twc2mqtt';
}
