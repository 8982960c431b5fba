import path from 'node:path';
import { expect, test } from '@jest/globals';
import { composeAnswer } from '../../../src/ai/answering/compose.ts';
import { judgeAnswer } from '../../../src/ai/guards/guard.ts';
import { prepareArticle, readMarkdownFolder } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import { prepareSolution } from '../../../src/ai/knowledge/solution-knowledge.ts';
import type { PreparedArticle } from '../../../src/domain/knowledge.ts';

const MARKDOWN: [string, string][] = [
  ['phone numbers', '# Call\n\nCall +49 (0)30 1234-567 or 0800 / 555 12 34; in the evening 030\\-7654321.'],
  [
    'addresses',
    '# Write\n\nMail <first_last@acme.example> or see www.acme.example/x_y_z and <https://acme.example/a_(b)>.',
  ],
  ['a reference link', '# Form\n\nUse [the form][1] for it.\n\n[1]: https://acme.example/form "The form"'],
  ['a table of prices', '# Prices\n\n| Item | Price |\n|---|---|\n| Tent | 10,50 € |\n| Boat | 1.000 € |'],
  ['steps', '# Steps\n\n1. Open the app.\n2. Enter `ABC-123-DEF`.\n10. Wait 24 hours.'],
  [
    'a version and a date',
    '# Firmware 2.1.0 (2026-03-01)\n\n## 1. What is new?\n\nVersion 2.1.0 came on 1 March 2026.',
  ],
  ['entities', '# Costs\n\nIt costs 10&nbsp;&euro; and takes 3&nbsp;days; write to a&#64;b.example.'],
  ['pleasantries', '# Welcome\n\nThank you! We will send you a link, and guarantee 100 %.'],
  [
    'markup',
    '# Page\n\n<script>alert(1)</script>\n\nThis is the text. <img src=x onerror=alert(1)>\n\n![shot](https://cdn.example/x.png)',
  ],
  [
    'another script',
    '# 返品\n\n商品到着後30日以内であれば返品できます。詳しくは https://acme.example/返品 をご覧ください。',
  ],
  ['hidden characters', '# Rückgabe\n\nSie haben 14 Tage. Rück\u00adsen\u00addung kostenlos ab 50\u202f€.'],
];
const HTML: [string, string][] = [
  [
    'addresses as text',
    '<p>See https://acme.example/a_b_c, mail first_last@acme.example.</p><p>10&nbsp;&euro; or 5&#8239;%.</p>',
  ],
  [
    'links',
    '<p><a href="https://acme.example/x_y?a=1&amp;b=2_3">form_x</a>, <a href="mailto:a_b@acme.example">a_b@acme.example</a></p>',
  ],
  ['a table and code', '<table><tr><th>A|B</th><td>10 € | 3 days</td></tr></table><pre>key=1*2_3</pre>'],
];

/** What becomes of every answer that up to three passages in a row make. */
function problemsOf({ article, chunks, language }: PreparedArticle): string[] {
  const { title, visibility, markdown } = article;
  const source = { articleId: 'a1', title, visibility };
  const passages = chunks.map((chunk) => ({ ...source, ...chunk, language, score: 1, coverage: 1, words: [] }));
  const evidence = { passage: 1, named: 1, known: 1, words: 1, margin: 1 };
  return passages.flatMap((_, from) =>
    [1, 2, 3].flatMap((count) => {
      const match = { ...source, language, evidence, likelihood: 1, passages: passages.slice(from, from + count) };
      const judged = judgeAnswer({
        markdown: composeAnswer([match], language),
        mode: visibility === 'public' ? 'autopilot' : 'assist',
        citedIds: ['a1'],
        cited: [{ ...source, markdown }],
        language,
        allowedHosts: [],
      });
      return judged.ok ? (judged.unsupported ?? []).map(({ sentence }) => sentence) : [judged.problem];
    }),
  );
}

test.each(MARKDOWN)("N2 N5 an article's own words pass the guards: %s", (_what, text) => {
  expect(problemsOf(prepareArticle('article.md', text))).toEqual([]);
});

test.each(HTML)('N2 N5 the own words of an article of Solutions pass the guards: %s', (_what, html) => {
  const solution = { sourceId: '1', title: 'How_to 2.1', visibility: 'public' as const, updatedAt: '', html };
  const prepared = prepareSolution(solution, html);
  expect(prepared).not.toBeNull();
  expect(prepared === null ? null : problemsOf(prepared)).toEqual([]);
});

test.each(['demo/knowledge', 'bench/golden/knowledge'])(
  'N2 N5 no passage of %s is refused by the guards',
  async (folder) => {
    const articles = await readMarkdownFolder(path.join(import.meta.dirname, '../../..', folder));
    expect(articles.flatMap(problemsOf)).toEqual([]);
  },
);
