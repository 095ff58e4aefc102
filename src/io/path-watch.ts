// Notices that something appears where a path says that it should be, without asking again and again.

import { existsSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { aborted } from './deferred.ts';

/**
 * Resolves when what the path names, or a folder on the way to it, comes or goes; a path with a slash at its end means
 * whatever is in that folder. Resolves when the signal is aborted too, and not before that where it cannot be watched.
 */
export async function pathChanged(path: string, signal: AbortSignal): Promise<void> {
  const { folder, name } = nearest(path);
  try {
    for await (const { eventType, filename } of watch(folder, { signal, persistent: false })) {
      // A folder that is taken away is told under its own name. What is only written to has been there before.
      const isMeant = name === undefined || filename === name || filename === basename(folder);
      if (eventType === 'rename' && isMeant) return;
    }
  } catch {
    await aborted(signal);
  }
}

/** The nearest folder that there is, and what is to appear in it: undefined for anything. */
function nearest(path: string): { folder: string; name: string | undefined } {
  let [folder, name] = path.endsWith('/') ? [path, undefined] : [dirname(path), basename(path)];
  while (!existsSync(folder)) [folder, name] = [dirname(folder), basename(folder)];
  return { folder, name };
}
