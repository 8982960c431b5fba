import { useMutation } from '@tanstack/react-query';
import { HELD_BACK } from '../../../src/domain/earned.ts';
import { reasonInWords } from '../../../src/domain/handoff.ts';
import { detailInWords } from '../../../src/domain/plan-detail.ts';
import { type Answer, type Asked, call } from '../api/call.ts';
import { Html } from '../parts/Html.tsx';
import { Trouble } from '../parts/Loaded.tsx';
import { typed } from '../words/form.ts';
import { CHANNEL } from '../words/labels.ts';
import { count } from '../words/numbers.ts';

/** What the AI would do with a message, by today's settings; nothing of it is kept or sent. */
export function Ask({ id }: { id: string }) {
  const ask = useMutation({
    mutationFn: (body: Asked<'askKnowledge'>['body']) => call('askKnowledge', { params: { id }, body }),
  });
  return (
    <section className="card stack" aria-labelledby="ask">
      <h2 id="ask">Ask what the AI would do</h2>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          ask.mutate({
            question: typed(form, 'question'),
            subject: typed(form, 'subject'),
            channel: typed(form, 'channel') as keyof typeof CHANNEL,
            mode: typed(form, 'mode') as 'autopilot' | 'assist',
          });
        }}
      >
        <label className="label">
          Subject
          <input name="subject" maxLength={500} />
        </label>
        <label className="label">
          What a customer writes
          <textarea name="question" rows={3} required maxLength={20_000} />
        </label>
        <div className="row">
          <label className="label">
            Channel
            <select name="channel" defaultValue="email">
              {Object.entries(CHANNEL).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label className="label">
            As
            <select name="mode" defaultValue="autopilot">
              <option value="autopilot">a public reply</option>
              <option value="assist">a draft</option>
            </select>
          </label>
        </div>
        <div className="row">
          <button className="main" disabled={ask.isPending}>
            {ask.isPending ? 'Asking …' : 'Ask'}
          </button>
          <span className="faint small">
            Nothing is stored or sent to Freshdesk. Where a language model answers, it costs what a ticket costs.
          </span>
        </div>
      </form>
      {ask.error !== null && <Trouble error={ask.error} />}
      <output>{ask.data !== undefined && <Plan plan={ask.data} />}</output>
    </section>
  );
}

const VERDICT = {
  answer: 'It would answer',
  handoff: 'It would hand over to people',
  no_reply: 'It would not reply',
} as const;

function Plan({ plan }: { plan: Answer<'askKnowledge'> }) {
  const { verdict, html, confidence, threshold, heldBack, reasons, detail, topic, passages } = plan;
  const { tokens, money, engine, model } = plan;
  return (
    <span className="stack">
      <strong>{VERDICT[verdict]}</strong>
      {confidence !== null && (
        <span className={threshold !== null && confidence >= threshold ? 'good' : 'warn'}>
          confidence {confidence.toFixed(2)}
          {threshold !== null && `, ${threshold.toFixed(2)} needed`}
        </span>
      )}
      {heldBack !== null && <span>{HELD_BACK[heldBack]}</span>}
      {reasons.map((reason) => (
        <span key={reason}>{reasonInWords(reason)}</span>
      ))}
      {detail !== null && <span>{detailInWords(detail)}</span>}
      {topic !== null && <span dir="auto">Topic: {topic}</span>}
      {html !== null && (
        <span className="card">
          <Html html={html} />
        </span>
      )}
      {passages.length > 0 && <Passages passages={passages} />}
      <span className="faint small">
        {[engine, model, tokens === null ? null : `${count(tokens)} tokens`, money === null ? null : money.toFixed(4)]
          .filter((part) => part !== null)
          .join(', ')}
      </span>
    </span>
  );
}

function Passages({ passages }: { passages: Answer<'askKnowledge'>['passages'] }) {
  return (
    <details>
      <summary>What it found: {passages.length} passages</summary>
      {passages.map(({ articleId, position, title, heading, text, score, coverage, visibility, words }) => (
        <div key={`${articleId} ${position}`} className="card">
          <strong dir="auto">{[title, heading].filter(Boolean).join(': ')}</strong>{' '}
          <span className="faint small">
            score {score.toFixed(2)}, {Math.round(coverage * 100)} % of the question
            {visibility === 'private' ? ', internal' : ''}
          </span>
          <pre dir="auto">{text}</pre>
          {words.length > 0 && (
            <span className="faint small">Shared words: {words.map(({ word }) => word).join(', ')}</span>
          )}
        </div>
      ))}
    </details>
  );
}
