import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced code block of a page. */
export type Snippet = {
  /** The fence's first word; empty when it has none. */
  readonly language: string;
  /** What follows it: `sh run=once` has `run=once`. */
  readonly mark: string;
  readonly code: string;
  /** Of its first line of code, counted from 1: for failure messages. */
  readonly line: number;
};

const ROOT = join(__dirname, '..', '..');
const OPENING = /^( *)(`{3,}|~{3,})([^\s`]*) *([^`]*?) *$/;

/** The code blocks of a page, by its path in the repository; of one language when it is named. */
export function snippetsOf(page: string, language?: string): Snippet[] {
  const all = extractSnippets(readFileSync(join(ROOT, page), 'utf8'));
  return language === undefined ? all : all.filter((snippet) => snippet.language === language);
}

/** The code blocks of a text in Markdown, in its order. @throws Error on a block that nothing closes */
export function extractSnippets(markdown: string): Snippet[] {
  const lines = markdown.split(/\r?\n/);
  const found: Snippet[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const opening = OPENING.exec(lines[at] ?? '');
    if (opening === null) continue;
    const [, indent = '', fence = '', language = '', mark = ''] = opening;
    const end = lines.findIndex((line, index) => index > at && closes(line, fence));
    if (end === -1) throw new Error(`The code block of line ${at + 1} is not closed`);
    const code = lines.slice(at + 1, end).map((line) => unindented(line, indent.length));
    found.push({ language, mark, code: `${code.join('\n')}\n`, line: at + 2 });
    at = end;
  }
  return found;
}

function closes(line: string, fence: string): boolean {
  const bare = line.trim();
  return bare.length >= fence.length && bare === fence.charAt(0).repeat(bare.length);
}

function unindented(line: string, by: number): string {
  return line.slice(Math.min(by, line.length - line.trimStart().length));
}
