// What is wrong with a file that is no YAML, in an owner's words.

import type { Document, LineCounter, YAMLError } from 'yaml';

interface Broken {
  readonly line: number;
  readonly text: string;
}

const MOST = 3;

/** The first problems, one for each line. */
export function brokenLines({ errors }: Pick<Document, 'errors'>, source: string, lines: LineCounter): Broken[] {
  const found = new Map<number, string>();
  for (const { code, pos } of errors) {
    const { line, col } = lines.linePos(pos[0]);
    const from = pos[0] - col + 1;
    const text = source.slice(from, source.indexOf('\n', pos[0]) >>> 0);
    if (found.size < MOST && !found.has(line)) found.set(line, describeBroken(code, text));
  }
  return [...found].map(([line, text]) => ({ line, text }));
}

function describeBroken(code: YAMLError['code'], line: string): string {
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && !/:\s.*:\s/.test(`${line} `)) return deeper;
  if (code === 'UNEXPECTED_TOKEN' && /:\s+'[^']*'[^\s#,\]}]/.test(line)) return apostrophe;
  return brokenYaml[code];
}

const deeper = 'the next line begins further to the right; settings of one group begin in the same column';
const apostrophe = "a ' ends a value that began with one; put the value in double quotes";
const special = 'put a value that begins with a special character such as & * ! % @ ` in quotes';
const unclosed = 'a closing quote or bracket is missing, or the space after a colon';

/** By the library's code. Its own words may hold a piece of the file, and that may be a password. */
const brokenYaml = {
  ALIAS_PROPS: special,
  BAD_ALIAS: special,
  BAD_DIRECTIVE: special,
  BAD_PROP_ORDER: special,
  BAD_SCALAR_START: special,
  MULTIPLE_ANCHORS: special,
  MULTIPLE_TAGS: special,
  TAG_RESOLVE_FAILED: special,
  BAD_DQ_ESCAPE: 'between double quotes a \\ begins a special character; use single quotes',
  BAD_INDENT:
    'this line does not begin in the same column as the other settings of its group, or a bracket above it is not closed',
  BAD_COLLECTION_TYPE: special,
  BLOCK_AS_IMPLICIT_KEY: 'two colons in one line; put the value in quotes, or begin a new line',
  BLOCK_IN_FLOW: unclosed,
  DUPLICATE_KEY: 'a setting stands twice',
  IMPOSSIBLE: unclosed,
  KEY_OVER_1024_CHARS: 'a name is longer than 1024 characters',
  MISSING_CHAR: unclosed,
  MULTILINE_IMPLICIT_KEY: 'a colon is missing behind a name, or the space after it',
  MULTIPLE_DOCS: 'there is more than one configuration in this file, divided by ---',
  NON_STRING_KEY: 'the name of a setting is no text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab at the beginning of the line; use spaces',
  UNEXPECTED_TOKEN:
    'something here is out of place; is a quote or bracket missing, or a line not far enough to the right?',
} as const;
