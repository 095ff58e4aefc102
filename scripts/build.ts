// Bundles the bridge into one file that starts fast: modules that only some runs need are evaluated when they are needed.

import { build } from 'esbuild';
import { page } from './page.ts';

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/twc2mqtt.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  alias: {
    // WebSocket and SOCKS are transports that we do not have; Node's own streams are what readable-stream copies.
    ws: './scripts/absent.ts',
    socks: './scripts/absent.ts',
    'readable-stream': 'node:stream',
  },
  plugins: [page],
  // The native binding looks for its prebuilt files beside itself.
  external: ['@serialport/bindings-cpp'],
  banner: {
    // Bundled CommonJS packages expect require.
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
});
