import path from 'node:path';
import { judgeAnswer } from '../../src/ai/guards/guard.ts';
import { readMarkdownFolder } from '../../src/ai/knowledge/markdown-knowledge.ts';
import type { CitedArticle } from '../../src/domain/knowledge.ts';
import type { Wording } from '../../src/domain/settings.ts';
import { dataPath, readData, shareOf, type Evaluation, type Figure } from './evaluation.ts';
import { liesOf } from './false-statements.ts';
import { WORDINGS } from './wordings.ts';

const CORPORA = ['faq/stackfaq-en.json', 'faq/covid-qa-de.json'];
const DEMO = path.join(import.meta.dirname, '../../demo/knowledge');
const GOLDEN = path.join(import.meta.dirname, '../golden/knowledge');
/** Every third sentence says as much as all of them, in a third of the time. */
const EVERY = 3;

type Stated = { text: string; language: string; article: CitedArticle };

/**
 * What the guards let out (N9): the sentences of two public FAQ corpora and of the golden knowledge as they are, and lies
 * made of them by rule. No model is asked: with free wording its check comes on top.
 */
export const statements: Evaluation = {
  name: 'statements',
  needs: CORPORA,
  async measure() {
    const all = [...CORPORA.flatMap(corpusOf), ...(await goldenKnowledge())];
    const stated = all.filter((_, index) => index % EVERY === 0);
    const lies = stated.flatMap(({ text, language, article }) =>
      liesOf(text, language)
        .filter((lie) => !all.some((other) => other.article === article && other.text === lie.text))
        .map((lie) => ({ ...lie, language, article })),
    );
    return [
      refused('sentences of the source refused on autopilot', stated, 'quotes', { atMost: 0 }),
      sent('false statements sent on autopilot', lies, 'quotes', { atMost: 0.02 }),
      sent('false statements that pass the rules of free wording', lies, 'free'),
      ...[...new Set(lies.map(({ kind }) => kind))].map((kind) =>
        sent(
          `the same, ${kind}`,
          lies.filter((lie) => lie.kind === kind),
          'free',
        ),
      ),
      ...(await inOtherWords()),
    ];
  },
};

/** What a model might write: the same in other words, which a person should not have to check, and small lies, which they should. */
async function inOtherWords(): Promise<Figure[]> {
  const articles = new Map((await readMarkdownFolder(DEMO)).map((prepared) => [prepared.article.sourceId, prepared]));
  const given = (which: 'faithful' | 'false') =>
    WORDINGS.flatMap((wording): Stated[] => {
      const found = articles.get(wording.article);
      if (found === undefined) return [];
      const { title, markdown } = found.article;
      const article = { articleId: wording.article, title, visibility: 'public' as const, markdown };
      return [{ text: wording[which], language: found.language ?? 'en', article }];
    });
  const [faithful, lies] = [given('faithful'), given('false')];
  const unmarked = (stated: Stated) => {
    const judged = judgeAnswer({ ...asked(stated), mode: 'assist' });
    return judged.ok && judged.unsupported === undefined;
  };
  const figure = (measure: string, ours: number): Figure => ({ measure, ours, of: WORDINGS.length, baselines: [] });
  return [
    figure('small lies in drafts that are not marked', shareOf(lies, unmarked)),
    figure('faithful sentences of drafts that are marked', 1 - shareOf(faithful, unmarked)),
    figure(
      'small lies that pass the rules of free wording',
      shareOf(lies, (lie) => passes(lie, 'free')),
    ),
    figure('faithful sentences that free wording refuses', 1 - shareOf(faithful, (one) => passes(one, 'free'))),
  ];
}

function refused(measure: string, stated: readonly Stated[], wording: Wording, target: Figure['target']): Figure {
  const ours = shareOf(stated, (statement) => !passes(statement, wording));
  return { measure, ours, of: stated.length, baselines: [], ...(target === undefined ? {} : { target }) };
}

function sent(measure: string, lies: readonly Stated[], wording: Wording, target?: Figure['target']): Figure {
  const ours = shareOf(lies, (lie) => passes(lie, wording));
  return {
    measure,
    ours,
    of: lies.length,
    baselines: [{ name: 'no guards', value: 1 }],
    ...(target === undefined ? {} : { target }),
  };
}

function passes(stated: Stated, wording: Wording): boolean {
  return judgeAnswer({ ...asked(stated), mode: 'autopilot', wording }).ok;
}

function asked({ text, language, article }: Stated) {
  return { markdown: text, citedIds: [article.articleId], cited: [article], language, allowedHosts: [] };
}

type Corpus = { language: string; articles: { id: string; title: string; body: string }[] };

function corpusOf(file: string): Stated[] {
  const { language, articles } = JSON.parse(readData(file)) as Corpus;
  if (!Array.isArray(articles)) throw new Error(`${dataPath(file)}: expected a list of articles.`);
  return articles.flatMap(({ id, title, body }) =>
    statedBy({ articleId: id, title, visibility: 'public', markdown: body }, language),
  );
}

async function goldenKnowledge(): Promise<Stated[]> {
  const prepared = await readMarkdownFolder(GOLDEN);
  return prepared.flatMap(({ article: { sourceId, title, markdown }, language }) =>
    language === 'en' || language === 'de'
      ? statedBy({ articleId: sourceId, title, visibility: 'public', markdown }, language)
      : [],
  );
}

/** Sentences as a reader parts them: a mark, white space, a capital letter; not behind an abbreviation, nor across a line's end. */
function statedBy(article: CitedArticle, language: string): Stated[] {
  return article.markdown
    .split(/\n+|(?<=\p{L}{4}[.!?])\s+(?=\p{Lu})/u)
    .map((text) => text.trim())
    .filter((text) => /\p{L}.*[.!?]$/u.test(text) && text.length <= 400)
    .map((text) => ({ text, language, article }));
}
