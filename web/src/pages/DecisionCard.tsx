import { Fragment, type ReactNode } from 'react';
import { HELD_BACK } from '../../../src/domain/earned.ts';
import { FATES, OUTCOMES, WRITES } from '../../../src/domain/glossary/outcomes.ts';
import { RULES } from '../../../src/domain/glossary/rules.ts';
import { reasonInWords, routedInWords, type HandoffReason } from '../../../src/domain/handoff.ts';
import { headsInWords, nearestInWords } from '../../../src/domain/insight.ts';
import { detailInWords } from '../../../src/domain/plan-detail.ts';
import type { Handoff, Message, Turn, Write } from '../api/wire.ts';
import { At } from '../parts/When.tsx';
import { FATE, languageName, MODE, OUTCOME, plain, WRITE } from '../words/labels.ts';
import { count } from '../words/numbers.ts';
import { Draft } from './Draft.tsx';
import { Grading } from './Grading.tsx';
import { Sources } from './Sources.tsx';
import type { Card } from './thread.ts';
import styles from './Ticket.module.css';

type Props = {
  card: Card;
  connection: string;
  /** The person's reply that closed the draft, where there is one. */
  answer: Message | null;
};

/** What the AI decided when it had read as far as the message above, on what grounds, and what became of it. */
export function DecisionCard({ card, connection, answer }: Props) {
  const { turn, writes, handoffs } = card;
  return (
    <li className={styles.decision} data-turn={turn.id}>
      <article aria-label={`AI: ${outcomeOf(card)}`}>
        <p className={styles.byline}>
          <strong>AI: {outcomeOf(card)}</strong>
          <Confidence turn={turn} />
          <span className="faint small">
            <At at={turn.at} />
          </span>
        </p>
        <Why turn={turn} />
        <Sources turn={turn} connection={connection} />
        {turn.draft !== null && <Draft draft={turn.draft} outcome={turn.outcome} answer={answer} />}
        {handoffs.map((handoff) => (
          <HandoffNote key={handoff.at} handoff={handoff} />
        ))}
        {turn.draft !== null && <Grading turn={turn} />}
        <details className="small">
          <summary>Details</summary>
          <Details turn={turn} writes={writes} />
          <details>
            <summary>As data</summary>
            <pre>{JSON.stringify(card, null, 2)}</pre>
          </details>
        </details>
      </article>
    </li>
  );
}

function outcomeOf({ turn: { outcome, draft }, handoffs }: Card): string {
  const fate = draft?.fate;
  // In assist people get a note, and the ticket stays where it is (H8).
  if (handoffs.length > 0 && handoffs.every(({ routing }) => routing['step'] === null)) return 'Noted for people';
  if (outcome !== 'drafted' || fate == null) return OUTCOME[outcome] ?? plain(outcome);
  return `Drafted: ${(FATE[fate as keyof typeof FATE] ?? plain(fate)).toLowerCase()}`;
}

/** In words against what was asked for at that time. */
function Confidence({ turn: { confidence, threshold } }: { turn: Turn }) {
  if (confidence === null) return null;
  const value = confidence.toFixed(2);
  if (threshold === null) return <span>confidence {value}</span>;
  return confidence >= threshold ? (
    <span className="good">
      confidence {value}, enough ({threshold.toFixed(2)} needed)
    </span>
  ) : (
    <span className="warn">
      confidence {value}, not enough ({threshold.toFixed(2)} needed)
    </span>
  );
}

function Why({ turn: { outcome, outcomeWhy, heldBack, reasons, detail, topic } }: { turn: Turn }) {
  const says = [
    ...(heldBack === null ? [] : [HELD_BACK[heldBack]]),
    ...reasons.map((reason) => sentence(() => reasonInWords(reason as HandoffReason), reason)),
    ...(detail === null ? [] : [detailInWords(detail)]),
    ...(reasons.length === 0 ? [OUTCOMES[outcome as keyof typeof OUTCOMES]?.says ?? ''] : []),
    ...(outcomeWhy === null ? [] : [`${whyOf(outcomeWhy)} (${outcomeWhy})`]),
    ...(topic === null ? [] : [`Topic: ${topic}.`]),
  ];
  return <p dir="auto">{says.filter(Boolean).join(' ')}</p>;
}

function whyOf(why: string): string {
  return RULES[why as keyof typeof RULES]?.says ?? sentence(() => reasonInWords(why as HandoffReason), why);
}

function sentence(words: () => string | undefined, otherwise: string): string {
  return words() ?? `${plain(otherwise)}.`;
}

function HandoffNote({ handoff: { reasons, summary, sentiment, language, routing } }: { handoff: Handoff }) {
  return (
    <section className={styles.note} aria-label="Handoff note">
      <p>
        <strong>Handed to people:</strong> {routedInWords(routing)}.{' '}
        {reasons.map((reason) => sentence(() => reasonInWords(reason as HandoffReason), reason)).join(' ')}
      </p>
      {summary !== '' && (
        <p className={styles.lines} dir="auto">
          {summary}
        </p>
      )}
      <p className="faint small">
        {[
          sentiment === null ? null : `Customer: ${sentiment}`,
          language === null ? null : `Language: ${languageName(language)}`,
        ]
          .filter((fact) => fact !== null)
          .join(' · ')}
      </p>
    </section>
  );
}

function Details({ turn, writes }: { turn: Turn; writes: readonly Write[] }) {
  const { heard, notHeard } = headsInWords(turn.insight?.heads ?? []);
  const facts: [string, ReactNode][] = [
    ['Rule', `${turn.rule}: ${RULES[turn.rule as keyof typeof RULES]?.says ?? ''}`],
    ['Mode', MODE[turn.mode as keyof typeof MODE] ?? turn.mode],
    ['Verdict', turn.verdict === null ? null : plain(turn.verdict)],
    ['Guards', turn.verdict === 'answer' ? 'passed' : turn.detail],
    ['Engine', [turn.engine, turn.model].filter(Boolean).join(', ')],
    ['Cost', costOf(turn)],
    ['Took', `${count(turn.ms)} ms`],
    ['Read through', turn.throughMessage],
    ['Conversation', turn.episode],
    ...heard.map((words): [string, ReactNode] => ['Heard', words]),
    ['Not heard', notHeard],
    ['Compared', turn.insight?.articles.map(nearestInWords).join(' · ')],
    ['Draft', turn.draft?.fate == null ? null : FATES[turn.draft.fate as keyof typeof FATES]?.says],
  ];
  return (
    <>
      <dl className="facts">
        {facts.map(([name, value], nth) =>
          value == null || value === '' ? null : (
            <Fragment key={nth}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </Fragment>
          ),
        )}
        {turn.calls.map(({ stage, round, verdict, tokens }, nth) => (
          <Fragment key={nth}>
            <dt>Model</dt>
            <dd>
              {plain(stage)} {round}: {verdict ?? 'no answer'}, {count(tokens)} tokens
            </dd>
          </Fragment>
        ))}
        {writes.map((write, nth) => (
          <Fragment key={nth}>
            <dt>{plain(write.kind)}</dt>
            <dd>
              <WriteState write={write} />
            </dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}

function costOf({ tokens, money }: Turn): string {
  const parts = [tokens === null ? null : `${count(tokens)} tokens`, money === null ? null : money.toFixed(4)];
  return parts.filter((part) => part !== null).join(', ');
}

/** What became of a write to Freshdesk. */
export function WriteState({ write: { state, freshdeskId, tries, attemptedAt, refusal } }: { write: Write }) {
  return (
    <>
      <span title={WRITES[state].says}>{WRITE[state]}</span>
      {freshdeskId !== null && <> as {freshdeskId}</>}
      {tries > 1 && <>, {tries} tries</>}
      {state !== 'sent' && attemptedAt !== null && (
        <>
          , last tried <At at={attemptedAt} />
        </>
      )}
      {refusal !== null && <span dir="auto">. Freshdesk answered: {refusal}</span>}
    </>
  );
}
