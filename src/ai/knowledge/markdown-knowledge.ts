import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { codeOf } from '../../domain/errors.ts';
import type { Article, PreparedArticle } from '../../domain/knowledge.ts';
import type { Visibility } from '../../domain/ticket.ts';
import { chunksOf, firstHeading } from './chunks.ts';
import { hiddenPart, hidingKey, hidingWords, withoutComments } from './hiding.ts';
import { detectLanguage } from '../reading/language.ts';
import { withoutInvisible } from '../reading/text.ts';

/** An article's file cannot be imported, or the folder cannot be read. Nothing has been changed; the message says what to do. */
export class KnowledgeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KnowledgeError';
  }
}

/** Raised when articles are cut or stored differently, so that the next import stores unchanged files anew. */
const FORMAT = 2;
const MAX_FILE_BYTES = 1_000_000;
const VISIBILITIES: Readonly<Record<string, Visibility>> = { public: 'public', internal: 'private' };

/**
 * Reads every `*.md` file of a folder and its sub-folders (hidden ones and symbolic links left out), in a stable order.
 * All or nothing: throws KnowledgeError about the first file that cannot be used, and when there is none at all, since
 * importing nothing would remove all knowledge.
 */
export async function readMarkdownFolder(folder: string): Promise<PreparedArticle[]> {
  const files = await markdownFiles(folder);
  if (files.length === 0) throw new KnowledgeError(`${folder} holds no *.md file. Name the folder with the articles.`);
  const articles: PreparedArticle[] = [];
  for (const file of files) articles.push(prepareArticle(file, await readText(folder, file)));
  return articles;
}

/** One file as an article; `file` is its path below the folder, with slashes. Throws KnowledgeError. */
export function prepareArticle(file: string, text: string): PreparedArticle {
  try {
    return prepared(file, text);
  } catch (error) {
    // Its parser calls itself for each level.
    if (!(error instanceof RangeError)) throw error;
    throw tooDeep(file);
  }
}

/** A list or a quote within a hundred others: the parser takes seconds, and calls itself for each. */
const DEEP = /^(?:[ \t]{200}[ \t>]*(?:[-*+]|\d+[.)])\s|(?:[ \t]*>){100})/m;

function tooDeep(file: string): KnowledgeError {
  return new KnowledgeError(`${file} nests its lists or quotes too deeply to be read. Write them flatter.`);
}

function prepared(file: string, text: string): PreparedArticle {
  const { head, body } = split(file, withoutInvisible(text).replace(/\r\n?/g, '\n'));
  if (DEEP.test(body)) throw tooDeep(file);
  const heading = firstHeading(body);
  const title = head.title ?? heading ?? path.posix.basename(file, '.md').replace(/[-_]+/g, ' ');
  const visibility = checked(file, title, head.visibility, body);
  const article: Article = { sourceId: file, title, visibility, markdown: body };
  const chunks = chunksOf(body, title);
  if (chunks.length === 0)
    throw new KnowledgeError(`${file} has no text below its title. Write the article or remove the file.`);
  return {
    article,
    chunks,
    language: detectLanguage(`${title}\n${chunks.map((chunk) => chunk.text).join('\n')}`),
    contentHash: createHash('sha256')
      .update(JSON.stringify([FORMAT, article, head.attachments]))
      .digest('hex'),
    ...(head.attachments.length === 0
      ? {}
      : { attachments: head.attachments.map((named) => attachmentPath(file, named)) }),
  };
}

/** Public, where neither the article nor a part of it says otherwise. */
function checked(file: string, title: string, said: Visibility | null, body: string): Visibility {
  if (said === 'private') return said;
  const words = said === null ? hidingWords(file, title, body) : undefined;
  if (words !== undefined)
    throw new KnowledgeError(
      `${file}: ${words} says that it is not for everybody. Write "visibility: internal" or "visibility: public" into its front matter.`,
    );
  const part = hiddenPart(body);
  if (part === undefined) return 'public';
  throw new KnowledgeError(
    `${file}: "${part}" hides a part of it. Move that part into an article with "visibility: internal", or take the mark away.`,
  );
}

async function markdownFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.md'))
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
      .filter((file) => !file.split('/').some((part) => part.startsWith('.')))
      .toSorted();
  } catch (error) {
    throw new KnowledgeError(
      `The folder ${folder} cannot be read (${codeOf(error)}). Name an existing folder of Markdown files.`,
    );
  }
}

async function readText(folder: string, file: string): Promise<string> {
  const full = path.join(folder, file);
  try {
    if ((await stat(full)).size > MAX_FILE_BYTES) {
      throw new KnowledgeError(`${file} is larger than ${MAX_FILE_BYTES / 1_000_000} MB. Split it into articles.`);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(full));
    if (text.includes('\0'))
      throw new KnowledgeError(`${file} holds zero bytes: it is not a text file. Save it as UTF-8 text.`);
    return text;
  } catch (error) {
    if (error instanceof KnowledgeError) throw error;
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new KnowledgeError(`${file} is not UTF-8. Save it as UTF-8 text.`);
    throw new KnowledgeError(`${file} cannot be read (${codeOf(error)}). Check its permissions.`);
  }
}

/** The visibility is null where nothing is said of it. */
type Head = { title: string | null; visibility: Visibility | null; attachments: string[] };

/** Blank lines and comments may stand above the front matter: generators write them, and people paste them. */
const ABOVE = /^(?:[\s\u200C-\u200F]|<!--[\s\S]*?-->)*/;
const FRONT_MATTER = /^---[ \t]*\n([\s\S]*?)(?:^|\n)[ \t]*(?:---|\.\.\.)[ \t]*(?:\n|$)/;

/** What is unclear is refused: an internal article must never become a public one (N4). */
function split(file: string, text: string): { head: Head; body: string } {
  const start = text.replace(ABOVE, '');
  const match = FRONT_MATTER.exec(start);
  if (match === null && /^---[ \t]*\n\s*\w+:/.test(start)) {
    throw new KnowledgeError(
      `${file} starts its front matter with "---" and never ends it. Add a line "---" below it.`,
    );
  }
  const body = match === null ? text.trim() : start.slice(match[0].length).trim();
  if (hidesVisibility(body)) {
    throw new KnowledgeError(
      `${file} names a visibility outside of its front matter, or what hides an article. Write one block of "key: value" lines between two lines "---" at the top of the file.`,
    );
  }
  const seen = withoutComments(body).trim();
  return match === null
    ? { head: { title: null, visibility: null, attachments: [] }, body: seen }
    : { head: headOf(file, match[1] ?? ''), body: seen };
}

/** Whether a line is a visibility as front matter names it; above the first words, whatever looks like one. */
function hidesVisibility(body: string): boolean {
  let above = true;
  let fenced = false;
  for (const line of body.split('\n')) {
    if (above && (VISIBILITY_KEY.test(line) || namesHiding(line))) return true;
    if (!fenced && VISIBILITY_LINE.test(line)) return true;
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    above &&= FRONT_MATTER_LINE.test(line);
  }
  return false;
}

/** "draft = true", "published: false": front matter of another kind. */
function namesHiding(line: string): boolean {
  const [, key, value] =
    /^[\s{,]*["']?([A-Za-z_-]{2,30})["']?\s*[:=]\s*["']?([^"',}]{1,60}?)["']?[\s,}]*$/.exec(line.slice(0, 100)) ?? [];
  return key !== undefined && hidingKey({ [key]: value }) !== undefined;
}

const VISIBILITY_LINE = /^[\s>|*+-]*["']?vis[a-z]*["']?[\s*]*[:=|][\s"'*]*(?:internal|private|public)["'*]*[\s,|]*$/i;
const VISIBILITY_KEY = /^(?:[\s>*+|#{"'-]*|\s*\{.*["'\s,])vis[a-z]*["'*]*\s*[:=|]/i;
/** A mark, a comment, a "key: value" of one word, or what belongs to one. */
const FRONT_MATTER_LINE =
  /^\s*(?:$|[-–—+=~`#;.{}[\]]{2,}\s*\w*$|[{}[\],]+$|<!--.*|.*-->$|["'*]*[\w-]{1,30}["'*]*\s*[:=](?:\s.*)?$|\|.*\|$|[-*]\s.*|\s{2,}\S.*)/;

function headOf(file: string, yaml: string): Head {
  const keys = parsed(file, yaml);
  const mistyped = Object.keys(keys).find((key) => key !== 'visibility' && /^vis/i.test(key));
  if (mistyped !== undefined) {
    throw new KnowledgeError(
      `${file}: "${mistyped}" in the front matter is not known. Write it "visibility", or the article stays public.`,
    );
  }
  return { title: titleOf(file, keys), visibility: visibilityOf(file, keys), attachments: attachmentsOf(file, keys) };
}

function parsed(file: string, yaml: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseYaml(yaml, { maxAliasCount: 0 });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'unreadable';
    throw new KnowledgeError(`${file}: the front matter is not valid YAML (${reason}). Correct it.`);
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new KnowledgeError(`${file}: the front matter must be lines of "key: value".`);
  }
  return { ...value };
}

function titleOf(file: string, { title }: Record<string, unknown>): string | null {
  if (title === undefined) return null;
  const text = typeof title === 'string' || typeof title === 'number' ? String(title).replace(/\s+/g, ' ').trim() : '';
  if (text === '')
    throw new KnowledgeError(
      `${file}: "title" in the front matter is not a text. Write the title, or leave the key out.`,
    );
  return text;
}

function visibilityOf(file: string, { visibility, ...others }: Record<string, unknown>): Visibility | null {
  if (visibility === undefined) {
    const hides = hidingKey(others);
    if (hides === undefined) return null;
    throw new KnowledgeError(
      `${file}: the front matter says "${hides[0]}: ${shown(hides[1])}", which other programs hide an article by. Write "visibility: internal" or "visibility: public" beside it.`,
    );
  }
  const known = typeof visibility === 'string' ? VISIBILITIES[visibility] : undefined;
  if (known !== undefined) return known;
  throw new KnowledgeError(`${file}: visibility "${shown(visibility)}" is not known. Write "public" or "internal".`);
}

/** As they are named; part of the hash. */
function attachmentsOf(file: string, { attachments }: Record<string, unknown>): string[] {
  if (attachments === undefined) return [];
  const list: unknown[] = Array.isArray(attachments) ? attachments : [null];
  const paths = list.filter((entry) => typeof entry === 'string' && entry.trim() !== '');
  if (paths.length === list.length) return paths.map(String);
  throw new KnowledgeError(`${file}: "attachments" must be a list of file paths, like [files/guide.pdf].`);
}

/** `files/guide.pdf` of `returns/how.md` is `returns/files/guide.pdf`. Throws KnowledgeError when it leads out of the folder. */
function attachmentPath(articleFile: string, named: string): string {
  const joined = path.posix.normalize(path.posix.join(path.posix.dirname(articleFile), named.trim()));
  const leadsOut = path.posix.isAbsolute(named.trim()) || named.includes('\\') || /^\.\.(?:\/|$)/.test(joined);
  const hidden = joined.split('/').some((part) => part.startsWith('.'));
  if (!leadsOut && !hidden) return joined;
  throw new KnowledgeError(
    `${articleFile}: the attachment "${named}" is not a file of the imported folder. Put it there and name it relative to the article, like files/guide.pdf.`,
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
