// The bridge as one file that starts fast, with the native files that it loads and the licences of the packages in it.

import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { commands } from '../src/commands/commands.ts';
import { licences } from './licences.ts';
import { page } from './page.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const prebuilds = `${root}node_modules/@serialport/bindings-cpp/prebuilds`;

/** Replaces what is in the folder. `wanted` chooses native files, `linux-x64/….musl.node`. */
export async function bundle(folder: string, wanted: (native: string) => boolean = () => true): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const apart = new Map<string, string>();
  const bridge = await build({
    ...parts,
    entryPoints: { main: 'src/main.ts' },
    outdir: folder,
    plugins: [setApart(apart), ...plugins],
  });
  // In an order that does not depend on which of them was found first.
  const entryPoints = Object.fromEntries([...apart].sort());
  const others = await build({ ...parts, entryPoints, outdir: folder });
  await build({
    ...common,
    entryPoints: { twc2mqtt: 'src/start.ts' },
    outdir: folder,
    plugins: [late],
    banner: { js: shebang },
  });
  await expectAscii(folder);
  for (const native of (await readdir(prebuilds, { recursive: true })).filter((path) => path.endsWith('.node'))) {
    if (wanted(native)) await cp(`${prebuilds}/${native}`, `${folder}/prebuilds/${native}`);
  }
  const outputs = { ...bridge.metafile.outputs, ...others.metafile.outputs };
  await writeFile(`${folder}/LICENSES.txt`, await licences(outputs));
}

const shebang = '#!/usr/bin/env node';

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Functions keep their names for the stack of an error, which an owner reports.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
} as const;

/**
 * Commands that do not run the bridge share no file with it: what both use would be many small files, and each takes a
 * millisecond at the start. Adds them to the map, by their names.
 */
function setApart(apart: Map<string, string>): Plugin {
  return {
    name: 'set-apart',
    setup(building) {
      building.onResolve({ filter: /^\.\/[a-z]+\.ts$/ }, ({ path, kind, importer, resolveDir }) => {
        const [name = ''] = path.slice(2).split('.');
        if (kind !== 'dynamic-import' || !importer.endsWith('/commands.ts') || commands[name]?.lasts) return undefined;
        apart.set(name, `${resolveDir}/${name}.ts`);
        return { path: `./${name}.js`, external: true };
      });
    },
  };
}

/** The file that is started brings nothing with it: even to find another file sets the engine to work. */
const late: Plugin = {
  name: 'late',
  setup(building) {
    building.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: './main.js', external: true }));
  },
};

/** The serial binding looks for its native files beside the bundle. */
const binding: Plugin = {
  name: 'binding',
  setup(building) {
    building.onLoad({ filter: /\/bindings-cpp\/dist\/serialport-bindings\.js$/ }, () => ({
      contents: `
        import load from 'node-gyp-build';
        import { fileURLToPath } from 'node:url';
        export const binding = load(fileURLToPath(new URL('.', import.meta.url)));`,
      loader: 'js',
    }));
  },
};

/**
 * The MQTT library brings transports that the bridge does not have, what they need of Node.js, and timers of browsers. All are
 * found in one way: two would give the file two forms, and which it has would depend on which was first.
 */
const absent: Plugin = {
  name: 'absent',
  setup(building) {
    building.onResolve({ filter: /^(worker-timers|\.\/(ali|socks|ws|wx))$/ }, ({ importer }) =>
      /\/mqtt\/build\/lib\//.test(importer) ? { path: `${root}scripts/absent.ts` } : undefined,
    );
  },
};

/** The MQTT library loads TLS with its first connection, whatever that is; here with the first that needs it. */
const lateTls: Plugin = {
  name: 'late-tls',
  setup(building) {
    building.onLoad({ filter: /\/mqtt\/build\/lib\/connect\/tls\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(
        'const tls_1 = require("tls");',
        'const tls_1 = { connect: (...all) => require("tls").connect(...all) };',
      );
      if (contents === source) throw new Error(`${path}: expected it to require tls in its own line`);
      return { contents, loader: 'js' };
    });
  },
};

/** What libraries print for their own developers is not made, and not looked for in the environment. */
const silent: Plugin = {
  name: 'silent',
  setup(building) {
    building.onResolve({ filter: /^debug$/ }, ({ path }) => ({ path, namespace: 'silent' }));
    building.onLoad({ filter: /./, namespace: 'silent' }, () => ({
      contents: 'module.exports = () => Object.assign(() => {}, { enabled: false, extend: module.exports });',
    }));
  },
};

/**
 * To import a module of Node.js makes all that it exports, and loads the parts of Node.js behind that: Web Crypto with
 * `node:crypto`, worker threads with `node:util`. Here only what is imported by name is made.
 */
const lateExports: Plugin = {
  name: 'late-exports',
  setup(building) {
    building.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'late-exports' } : undefined,
    );
    building.onLoad({ filter: /./, namespace: 'late-exports' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default');
      const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ of(${JSON.stringify(name)});`);
      const contents = `const all = require(${JSON.stringify(path)}); const of = (name) => all[name]; export default all;`;
      return { contents: [contents, ...exported].join('\n') };
    });
  },
};

const plugins = [page, binding, absent, lateTls, lateExports, silent];

/** Parts that only some configurations need are files of their own, and so are the modules of Node.js that they load. */
const parts = {
  ...common,
  splitting: true,
  chunkNames: '[name]-[hash]',
  metafile: true,
  alias: {
    // Node's own streams are what it copies.
    'readable-stream': 'node:stream',
    // The library without its parsers and its mock.
    serialport: './node_modules/serialport/dist/serialport.js',
  },
  plugins,
  // Asked for by packages that run in browsers too; to ask loads parts of Node.js that are not needed.
  define: { navigator: 'undefined' },
  banner: {
    // Bundled CommonJS packages expect require.
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
} as const satisfies BuildOptions;

/** With one other character all characters of a file take two bytes of memory. Expressions are written as they are. */
async function expectAscii(folder: string): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.js'))) {
    const [found] = /.{0,20}\P{ASCII}.{0,20}/u.exec(await readFile(`${folder}/${file}`, 'utf8')) ?? [];
    if (found !== undefined) throw new Error(`${file}: expected only ASCII characters, got ${found}`);
  }
}
