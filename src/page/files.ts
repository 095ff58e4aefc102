// What a browser loads, by its path. The build puts the real files in the place of this module (scripts/page.ts), so that
// they are part of the one file that runs and nothing is read from disk.

import type { Readable } from 'node:stream';

export interface PageFile {
  /** The content type. */
  readonly type: string;
  /** What is long comes as a stream. */
  readonly body: string | Uint8Array | Readable;
  /** The name under which a browser saves it instead of showing it. */
  readonly downloadName?: string;
}

export const files: Readonly<Record<string, PageFile>> = {};
