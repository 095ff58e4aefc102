// A Dockerfile as its instructions.

/** One line each, without comments and line breaks. */
export function instructions(dockerfile: string): readonly string[] {
  return dockerfile
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
}
