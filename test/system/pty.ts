// A serial adapter that can be unplugged: a pseudo terminal under a path of the test's choice.

import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Cable } from './cable.ts';
import { createFolder } from './folder.ts';
import { type Program, start } from './program.ts';
import { until } from './until.ts';

export interface Pty extends Cable {
  unplug(): Promise<void>;
  /** Under the same path as before. */
  plug(): Promise<void>;
}

export interface PtySettings {
  /** False: the path does not exist before it is plugged in. */
  readonly plugged?: boolean;
  /** The folder of the path is there only while the adapter is, as that of the lasting names. */
  readonly last?: boolean;
}

export async function createPty({ plugged = true, last = false }: PtySettings = {}): Promise<Pty> {
  const folder = await createFolder();
  const names = folder.file('serial');
  const link = last ? join(names, 'by-id', 'adapter') : folder.file('adapter');
  const takers: ((bytes: Uint8Array) => void)[] = [];
  let socat: Program | undefined;
  let holding: FileHandle | undefined;

  async function plug(): Promise<void> {
    if (last) await mkdir(dirname(link), { recursive: true });
    socat = await start('socat', [`pty,raw,echo=0,link=${link}`, 'stdio'], { raw: true });
    socat.child.stdout.on('data', (bytes: Uint8Array) => {
      for (const take of takers) take(bytes);
    });
    // As long as somebody has it open, the adapter outlives the bridge.
    holding = await until(() => open(link, constants.O_RDWR | constants.O_NOCTTY).catch(() => undefined), link);
  }

  async function unplug(): Promise<void> {
    const [program, handle] = [socat, holding];
    socat = undefined;
    holding = undefined;
    await program?.end('SIGTERM');
    await handle?.close();
    await rm(last ? names : link, { recursive: true, force: true });
  }

  if (plugged) await plug();
  return {
    port: link,
    send: (bytes) => void (socat?.child.stdin.writable && socat.child.stdin.write(bytes)),
    onBytes: (take) => void takers.push(take),
    plug,
    unplug,
    async [Symbol.asyncDispose]() {
      await unplug();
      await folder[Symbol.asyncDispose]();
    },
  };
}
