// Whether this tree may be released under a tag, for the workflow and for people:
// npx tsx scripts/release.ts v0.1.0 https://github.com/owner/name

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { facts, files, withFacts } from './facts.ts';

export interface Release {
  readonly tag: string;
  /** The page of the repository in which it is released. */
  readonly url: string;
  /** The text of a file by its path. */
  readonly text: (file: string) => string;
  readonly package: typeof packageJson;
}

/** Why it may not, a line each; none when it may. */
export function obstacles({ tag, url, text, package: { version, repository } }: Release): string[] {
  const known = facts({ version, repository });
  const heading = /^## \[.*$/m.exec(text('CHANGELOG.md'))?.[0] ?? '';
  return [
    ...(tag === `v${version}` ? [] : [`The tag is ${tag}, but package.json has the version ${version}`]),
    ...(url.toLowerCase() === known.url.toLowerCase()
      ? []
      : [
          `package.json names the repository ${known.url}, but this is ${url}: owners would be sent there. Write the right one into package.json and run: npm run facts`,
        ]),
    ...(heading.startsWith(`## [${version}] - `) && / \d{4}-\d{2}-\d{2}$/.test(heading)
      ? []
      : [`CHANGELOG.md: expected "## [${version}] - " and the day of the release as newest heading, got "${heading}"`]),
    ...files
      .filter((file) => withFacts(file, text(file), known) !== text(file))
      .map((file) => `${file} has another version or address than package.json. Run: npm run facts`),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tag = '', url = ''] = process.argv.slice(2);
  const text = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const found = obstacles({ tag, url, text, package: packageJson });
  for (const obstacle of found) console.error(process.env.GITHUB_ACTIONS ? `::error::${obstacle}` : obstacle);
  if (found.length > 0) process.exitCode = 1;
}
