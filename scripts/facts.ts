// The version and the repository's address stand in package.json. This writes them into the files that repeat them:
// npm run facts

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };

export interface Facts {
  readonly version: string;
  /** The page of the repository. */
  readonly url: string;
  /** What owners add to the app store: a branch that holds nothing but the app. */
  readonly store: string;
  /** The host and folder of its files as they are. */
  readonly raw: string;
  /** The image without a tag. */
  readonly image: string;
}

/** `repository` as it stands in package.json: `github:owner/name`. */
export function facts({ version, repository }: { readonly version: string; readonly repository: string }): Facts {
  const name = /^github:([\w.-]+\/[\w.-]+)$/.exec(repository)?.[1];
  if (name === undefined) throw new Error(`package.json: repository: expected github:owner/name, got ${repository}`);
  const url = `https://github.com/${name}`;
  return {
    version,
    url,
    store: `${url}#store`,
    raw: `raw.githubusercontent.com/${name}`,
    image: `ghcr.io/${name.toLowerCase()}`,
  };
}

type Place = readonly [pattern: RegExp, written: (facts: Facts) => string];

const blueprints = 'blueprints/automation/twc2mqtt';
const blueprintFiles = readdirSync(new URL(`../${blueprints}`, import.meta.url));
/** Where Home Assistant imports it from. */
const importedFrom = ({ url }: Facts, file: string) => `${url}/blob/main/${blueprints}/${file}`;
const sourceOf = (file: string): [string, readonly Place[]] => [
  `${blueprints}/${file}`,
  [[/source_url: \S+/, (facts) => `source_url: ${importedFrom(facts, file)}`]],
];
const badgeOf = (file: string): Place => [
  new RegExp(`blueprint_url=[^)]*%2F${file}`),
  (facts) => `blueprint_url=${encodeURIComponent(importedFrom(facts, file))}`,
];

/** By file: what stands there, and what is to stand there. */
const places: Readonly<Record<string, readonly Place[]>> = {
  'ha-addon/config.yaml': [
    [/^url: .*$/m, ({ url }) => `url: ${url}`],
    [/^version: .*$/m, ({ version }) => `version: "${version}"`],
  ],
  'ha-addon/DOCS.md': [
    [/`https:\S+#store`/, ({ store }) => `\`${store}\``],
    [/raw\.githubusercontent\.com\/[\w.-]+\/[\w.-]+(?=\/)/g, ({ raw }) => raw],
    [/\?repository_url=[^)]*/, ({ store }) => `?repository_url=${encodeURIComponent(store)}`],
  ],
  'README.md': [
    [/\?repository_url=[^)]*/, ({ store }) => `?repository_url=${encodeURIComponent(store)}`],
    [/git clone https:[^`\s]+/, ({ url }) => `git clone ${url}`],
  ],
  'docs/home-assistant.md': [
    ...blueprintFiles.map(badgeOf),
    [/\]\(https:\S+\/tree\/main\/blueprints/, ({ url }) => `](${url}/tree/main/blueprints`],
  ],
  ...Object.fromEntries(blueprintFiles.map(sourceOf)),
  'docs/twc2mqtt.service': [[/^Documentation=.*$/m, ({ url }) => `Documentation=${url}`]],
  'docs/compose.yaml': [[/image: ghcr\.io\/.*$/m, ({ image, version }) => `image: ${image}:${version}`]],
};

export const files = Object.keys(places);

/** The text of this file with the facts in it. Throws when one has no place there. */
export function withFacts(file: string, text: string, given: Facts = facts(packageJson)): string {
  return (places[file] ?? []).reduce((before, [pattern, written]) => {
    if (!pattern.test(before)) throw new Error(`${file}: expected ${pattern}`);
    return before.replace(pattern, () => written(given));
  }, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of files) {
    const path = new URL(`../${file}`, import.meta.url);
    writeFileSync(path, withFacts(file, readFileSync(path, 'utf8')));
  }
}
