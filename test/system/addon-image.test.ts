// The image without a container engine: the Dockerfile's copies replayed into folders, and what they give started as the
// Supervisor would. Not replayed: the base image, Alpine's packages, and the download of npm packages.

import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { copies, type Stage, stages } from '../addon/dockerfile.ts';
import { slave } from '../world.ts';
import { createHome } from './app.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { broker, startSupervisor } from './supervisor.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('what the Dockerfile copies is enough to build the bridge, and what it keeps is enough to run it', async () => {
  await using folder = await createFolder();
  const [, build, runtime] = stages(await readFile(`${root}ha-addon/Dockerfile`, 'utf8'));
  if (!build || !runtime) throw new Error('expected three stages');

  const built = folder.file('build');
  await replay(build, built, { source: root });
  await symlink(join(root, 'node_modules'), join(built, 'node_modules'));
  expect(build.lines).toContain('RUN npm run build');
  await promisify(execFile)('npm', ['run', 'build'], { cwd: built });

  const image = folder.file('image');
  await replay(runtime, image, { source: root, build: built });
  expect((await readdir(image)).toSorted()).toEqual(['node_modules', 'package.json', 'twc2mqtt.js']);

  await using mosquitto = await startMosquitto();
  await using supervisor = await startSupervisor(broker(mosquitto.port));
  await using home = await createHome({ supervisor, program: join(image, 'twc2mqtt.js') });
  await using pty = await createPty();
  using _slaves = attach(pty, [slave('1A2B')]);
  await using subscriber = await subscribe(mosquitto.url);
  await using app = await home.start({ serial_port: pty.port });
  await subscriber.sees('TWC/1A2B/availability', 'online');
  expect(app.lines.filter((line) => /warning/i.test(line))).toEqual([]);
  expect(await app.stop()).toMatchObject({ code: 0 });
});

/** Copies what a stage copies; paths in another stage are below its WORKDIR. */
async function replay(stage: Stage, to: string, from: Readonly<Record<string, string>>): Promise<void> {
  for (const copy of copies(stage)) {
    const place = from[copy.stage ?? ''];
    if (place === undefined) throw new Error(`COPY from ${copy.stage}: expected one of ${Object.keys(from)}`);
    for (const path of copy.paths) {
      const into =
        copy.paths.length > 1 || copy.to.endsWith('/') ? join(copy.to, path.slice(path.lastIndexOf('/'))) : copy.to;
      await mkdir(dirname(join(to, into)), { recursive: true });
      await cp(join(place, path.replace(/^\/build\//, '')), join(to, into), { recursive: true, dereference: true });
    }
  }
}
