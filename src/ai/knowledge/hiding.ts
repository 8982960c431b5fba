import { readHtml } from '../reading/html-events.ts';
import { lookOf } from '../reading/styles.ts';

/** How other programs and people say that an article, or a part of it, is not for everybody (N4). */
const YES = /^(?:true|yes|on|1)$/i;
const NO = /^(?:false|no|off|0)$/i;
const HIDES =
  /^(?:draft|private|internal|hidden|hide|unlisted|restricted|confidential|protected|secret|membersonly|staffonly|agentsonly|internalonly|(?:login|auth)required|requires?(?:login|auth(?:entication)?)|expired|deprecated|obsolete|wip|archived|unpublished|deleted)$/;
const SHOWS = /^(?:public|published|publish|listed|enabled|active)$/;
const LIMITS =
  /^(?:password|usersegment(?:id)?|access|audience|permissions?|roles?|groups?|acl|restrictedto|allowed(?:groups|roles|users)?|confidentiality|classification|sensitivity|sichtbarkeit|zielgruppe)$/;
const EVERYBODY =
  /^(?:|null|none|public|open|all|any|every(?:one|body)|anyone|customers?|users?|visitors?|external|guests?|alle|öffentlich|kunden|true)$/i;
const WORDS =
  'internal|private|draft|hidden|restricted|confidential|intern|interne|interno|interna|entwurf|vertraulich|brouillon|privé|confidentiel|borrador|privado|rascunho|bozza|riservato|utkast|udkast|luonnos|черновик';
const HIDDEN = new RegExp(`^#?(?:${WORDS})$`, 'iu');
const STATE = /^(?:status|state|stage|phase|lifecycle|workflow|review)$/;
const NOT_OUT =
  /^(?:unpublished|pending|future|scheduled|archived|trash|deleted|in review|review|wip|obsolete|expired)$/i;
const BEGINS = /^(?:publish(?:date|on|at)|embargo(?:until)?)$/;
const ENDS =
  /^(?:expir(?:y|e|es|ed|ation)(?:date|on|at)?|valid(?:until|to|thru|through)|enddate|unpublish(?:date|on|at)?)$/;

/** The first key of some front matter by which an article is hidden, with its value; undefined where none does. */
export function hidingKey(keys: Record<string, unknown>): [string, unknown] | undefined {
  return Object.entries(keys).find(([key, value]) => hides(key, value));
}

function hides(key: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((one) => hides(key, one));
  if (typeof value === 'object' && value !== null) return hidingKey({ ...value }) !== undefined;
  const name = key
    .replace(/^is(?=[_A-Z-])/, '')
    .replace(/[_-]/g, '')
    .toLowerCase();
  if (name === 'title') return false;
  const said = String(value).trim();
  if (YES.test(said) && HIDES.test(name)) return true;
  if (NO.test(said) && SHOWS.test(name)) return true;
  if (LIMITS.test(name) && !EVERYBODY.test(said)) return true;
  if (STATE.test(name) && NOT_OUT.test(said)) return true;
  const date = Date.parse(said);
  if ((BEGINS.test(name) && date > Date.now()) || (ENDS.test(name) && date < Date.now())) return true;
  return HIDDEN.test(said);
}

const FOLDER = new RegExp(`^_?(?:${WORDS}|drafts|entwürfe)$`, 'iu');
const TITLE = new RegExp(
  String.raw`^[^\p{L}\p{N}]*(?:${WORDS}|wip)(?: only)?\s*[\])}:|]|[[(]\s*(?:${WORDS}|wip)(?: only)?\s*[\])]\s*$`,
  'iu',
);
const LINE =
  /^[^\p{L}\p{N}]*(?:(?:(?:note|warning|caution|important|hinweis|achtung|attention|nota|let op|uwaga)[^\p{L}\p{N}]+)?(?:(?:strictly )?confidential|internal (?:(?:notes?|use|information)(?: only)?|only)|(?:strictly )?(?:only )?for (?:internal (?:use|purposes)|(?:agents|staff|employees))(?: only)?|(?:agents?|staff|employees?|team) only|(?:do not|don['’]t|never) (?:publish|share|forward|disclose)(?: (?:this|it))?(?: (?:article|page|document|information))?(?: (?:with|to) (?:the )?(?:customers?|clients?|public|anyone))?|not for (?:publication|customers)|(?:nur )?(?:für den|zum) internen gebrauch|nur intern|nur für (?:mitarbeiter|agenten)|streng vertraulich|nicht (?:veröffentlichen|weitergeben)|(?:à )?usage interne(?: uniquement)?|ne pas (?:publier|diffuser)|(?:(?:solo|sólo|só|apenas|somente|exclusivamente|esclusivamente) )?(?:para |per )?uso interno|no publicar|não publicar|(?:alleen )?voor intern gebruik|(?:tylko )?do użytku wewnętrznego)[^\p{L}\p{N}]*)+$/iu;
const PEOPLE = `${WORDS}|staff|agents?`;
const BLOCK = new RegExp(
  String.raw`^\s*(?:>\s*\[!|:{3,}\s*\{?\.?|!!!\s*|\?{3}\+?\s*|\{%-?\s*)(?:${PEOPLE})(?![\p{L}])|<(?:${PEOPLE})(?:only|note|content)?\b[^<>]*>`,
  'iu',
);
const FILE = new RegExp(String.raw`\.(?:${WORDS})\.md$`, 'iu');

/** What says that an article as a whole is not for everybody: its folder, its title, or a line of it. */
export function hidingWords(file: string, title: string, body: string): string | undefined {
  const folder = file
    .split('/')
    .slice(0, -1)
    .find((part) => FOLDER.test(part));
  if (folder !== undefined) return `the folder "${folder}"`;
  if (FILE.test(file)) return 'the name of the file';
  if (TITLE.test(title)) return `its title "${title}"`;
  const line = withoutCode(body)
    .split('\n')
    .find((one) => LINE.test(one.slice(0, 200).replaceAll(/<[^<>]*>/g, ' ')));
  return line === undefined ? undefined : `the line "${line.trim()}"`;
}

/** What hides a part of an article: a box for the own people, or HTML that nobody sees. */
export function hiddenPart(body: string): string | undefined {
  const text = withoutCode(body);
  const box = text.split('\n').find((line) => BLOCK.test(line.slice(0, 200)));
  if (box !== undefined) return box.trim();
  let hidden: string | undefined;
  readHtml(text, {
    open: (name, attributes) => {
      if (lookOf(attributes).hidden) hidden ??= `<${name}>`;
    },
    close: () => undefined,
    text: () => undefined,
  });
  return hidden;
}

/** Code, whose marks are text: fenced, or within a line. */
const CODE = /(^[ \t]*(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t]*\2[^\n]*$|(?![\s\S]))|`[^`\n]+`)/m;
/** How comments begin and end in HTML, Obsidian, MDX, Hugo, Jinja and Liquid. */
const COMMENTS: readonly [RegExp, RegExp][] = [
  [/<!--/g, /-->/g],
  [/(?<!\d)%%/g, /%%/g],
  [/\{\{[<%]?\/\*/g, /\*\/[%>]?\}\}/g],
  [/\{\/\*/g, /\*\/\}/g],
  [/\{#(?=\s)/g, /#\}/g],
  [/\{%-?\s?comment\b/g, /endcomment\s?-?%\}/g],
];

/** What no reader of an article sees is no part of it. */
export function withoutComments(body: string): string {
  return parted(body)
    .map(({ text, code }) => (code ? text : COMMENTS.reduce(without, text)))
    .join('');
}

/** One of HTML that is never closed goes to the end, as browsers have it; others are text then. */
function without(text: string, [begin, end]: readonly [RegExp, RegExp]): string {
  let kept = '';
  let at = 0;
  for (const found of text.matchAll(begin)) {
    if (found.index < at) continue;
    end.lastIndex = found.index + found[0].length;
    const close = end.exec(text);
    if (close === null && found[0] !== '<!--') break;
    kept += text.slice(at, found.index);
    at = close === null ? text.length : close.index + close[0].length;
  }
  return kept + text.slice(at);
}

function withoutCode(body: string): string {
  return parted(body)
    .map(({ text, code }) => (code ? '' : text))
    .join('');
}

function parted(body: string): { text: string; code: boolean }[] {
  // Two groups: the code, and its fence.
  return body.split(CODE).flatMap((text, index) => (index % 3 === 2 ? [] : [{ text, code: index % 3 === 1 }]));
}
