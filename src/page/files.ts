// What a browser loads, by its path. The build puts the real files in the place of this module (scripts/page.ts), so that
// they are part of the one file that runs and nothing is read from disk.

export interface PageFile {
  /** The content type. */
  readonly type: string;
  readonly body: string;
  /** The name under which a browser keeps it instead of showing it. */
  readonly keepAs?: string;
}

export const files: Readonly<Record<string, PageFile>> = {};
