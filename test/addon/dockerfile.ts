// A Dockerfile as its stages, as far as this project writes them.

export interface Stage {
  readonly from: string;
  /** Empty for the last one, which runs. */
  readonly name: string;
  /** Instructions, a line each. */
  readonly lines: readonly string[];
}

export interface Copy {
  /** Undefined for the build context. */
  readonly stage: string | undefined;
  readonly paths: readonly string[];
  readonly to: string;
}

export function stages(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const starts = lines.flatMap((line, index) => (/^FROM /.test(line) ? [index] : []));
  return starts.map((start, index) => {
    const [, from = '', name = ''] = /^FROM (\S+)(?: AS (\S+))?$/.exec(lines[start] ?? '') ?? [];
    return { from, name, lines: lines.slice(start + 1, starts[index + 1]) };
  });
}

export function copies({ lines }: Stage): readonly Copy[] {
  return lines
    .filter((line) => line.startsWith('COPY '))
    .map((line) => {
      const words = line.split(/\s+/).slice(1);
      const stage = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
      return { stage, paths: words.slice(0, -1), to: words.at(-1) ?? '' };
    });
}
