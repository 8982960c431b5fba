import type { RouteName } from '../../../src/contract/routes.ts';
import { shortReason, type HandoffReason } from '../../../src/domain/handoff.ts';
import { CHANNEL, plain } from '../words/labels.ts';
import { count } from '../words/numbers.ts';
import { duration, OUTCOME_NAME, percent } from '../words/reports.ts';

/** How a column is headed, and how what stands in it is said. */
export type Column = {
  key: string;
  title: string;
  kind: 'text' | 'count' | 'share' | 'duration' | 'number' | 'flag' | 'day';
};
export type ReportTab = {
  title: string;
  route: Extract<RouteName, `report${string}`>;
  about: string;
  columns: readonly Column[];
};

const text = (key: string, title: string): Column => ({ key, title, kind: 'text' });
const counts = (...columns: [key: string, title: string][]): Column[] =>
  columns.map(([key, title]) => ({ key, title, kind: 'count' }));
const share = (key: string, title: string): Column => ({ key, title, kind: 'share' });
const lasts = (key: string, title: string): Column => ({ key, title, kind: 'duration' });

export const TABS = {
  outcomes: {
    title: 'Outcomes',
    route: 'reportOutcomes',
    about: 'Every conversation has one outcome; they add up to all.',
    columns: [
      text('outcome', 'Outcome'),
      text('detail', 'What followed'),
      ...counts(['n', 'Conversations']),
      share('share', 'Of the counted'),
    ],
  },
  volume: {
    title: 'Volume',
    route: 'reportVolume',
    about: 'Conversations by the day on which they began.',
    columns: [text('from', 'From'), ...counts(['new', 'New'], ['returning', 'Returning'], ['involved', 'With the AI'])],
  },
  handoffs: {
    title: 'Handoffs',
    route: 'reportHandoffs',
    about: 'Why people got them. One conversation may have several reasons, so that the shares sum to more than 100 %.',
    columns: [
      text('reason', 'Reason'),
      { key: 'wished', title: 'As wished', kind: 'flag' },
      ...counts(['n', 'Handoffs'], ['answered', 'Answered since'], ['stillWaiting', 'Still waiting']),
      share('share', 'Share'),
      lasts('medianWaitSeconds', 'Wait, median'),
      lasts('p90WaitSeconds', 'Wait, 9 of 10'),
    ],
  },
  drafts: {
    title: 'Drafts',
    route: 'reportDrafts',
    about: 'What people made of the drafts, and which subject areas are ready for autopilot.',
    columns: [
      text('subject', 'Subject area'),
      text('channel', 'Channel'),
      ...counts(
        ['sent', 'Sent'],
        ['edited', 'Edited'],
        ['ignored', 'Ignored'],
        ['superseded', 'Overtaken'],
        ['open', 'Open'],
      ),
      share('acceptance', 'Used'),
      share('asIs', 'As is'),
      share('fidelity', 'Words kept'),
      { key: 'ready', title: 'Ready', kind: 'flag' },
      text('missing', 'Lacks'),
    ],
  },
  subjects: {
    title: 'Subjects',
    route: 'reportSubjects',
    about: 'The outcomes by topic, else by the first article found, else by group.',
    columns: [
      text('subject', 'Subject area'),
      ...counts(
        ['n', 'All'],
        ['confirmed', 'Confirmed'],
        ['assumed', 'Assumed'],
        ['durable', 'Durable'],
        ['cameBack', 'Came back'],
        ['handedOff', 'Handed off'],
        ['answeredWithDraft', 'With the draft'],
        ['answeredWithoutDraft', 'Without it'],
        ['closedWithTeam', 'With the team'],
        ['blocked', 'Blocked'],
        ['open', 'Open'],
      ),
    ],
  },
  speed: {
    title: 'Speed',
    route: 'reportSpeed',
    about: "From the question to the first reply, by Freshdesk's clock.",
    columns: [
      text('who', 'Who'),
      text('channel', 'Channel'),
      ...counts(['n', 'Conversations']),
      lasts('medianSeconds', 'Median'),
      lasts('p90Seconds', '9 of 10'),
    ],
  },
  cost: {
    title: 'Cost',
    route: 'reportCost',
    about: 'Every call of a model, also those whose answer was not used.',
    columns: [
      text('day', 'Day'),
      text('model', 'Model'),
      ...counts(
        ['calls', 'Calls'],
        ['discarded', 'Not used'],
        ['inputTokens', 'Tokens in'],
        ['outputTokens', 'Tokens out'],
      ),
      { key: 'money', title: 'Money', kind: 'number' },
    ],
  },
  calibration: {
    title: 'Calibration',
    route: 'reportCalibration',
    about:
      'How often the AI was right, by how sure it was: a draft changed by a tenth at most, or a durable resolution.',
    columns: [
      { key: 'from', title: 'Confidence from', kind: 'number' },
      { key: 'to', title: 'to', kind: 'number' },
      ...counts(['n', 'Conversations'], ['good', 'Good']),
      share('share', 'Good'),
      share('lower', 'At least'),
      share('upper', 'At most'),
    ],
  },
  articles: {
    title: 'Articles',
    route: 'reportArticles',
    about: 'Which articles turns rested on, and what became of those.',
    columns: [
      text('title', 'Article'),
      ...counts(
        ['cited', 'Cited'],
        ['answers', 'Answers'],
        ['drafts', 'Drafts'],
        ['ignored', 'Ignored'],
        ['handedOff', 'Handed off'],
        ['cameBack', 'Came back'],
      ),
      { key: 'lastCitedAt', title: 'Last cited', kind: 'day' },
    ],
  },
} as const satisfies Record<string, ReportTab>;
export type TabName = keyof typeof TABS;

/** What stands in a cell, in words. */
export function cellInWords(value: unknown, { key, kind }: Column): string {
  if (value === null || value === undefined || value === '') return '–';
  if (kind === 'flag') return value === true ? 'yes' : 'no';
  if (typeof value === 'number')
    return kind === 'share'
      ? percent(value)
      : kind === 'duration'
        ? duration(value)
        : kind === 'number'
          ? value.toFixed(2)
          : count(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  if (kind === 'day') return new Date(value).toLocaleDateString(undefined, { dateStyle: 'medium' });
  return WORDS[key]?.(value) ?? value;
}

const WORDS: Readonly<Record<string, (value: string) => string | undefined>> = {
  outcome: (value) => OUTCOME_NAME[value as keyof typeof OUTCOME_NAME],
  detail: plain,
  channel: (value) => (value === 'all' ? 'All' : CHANNEL[value as keyof typeof CHANNEL]),
  who: (value) => (value === 'ai' ? 'The AI' : 'People'),
  reason: (value) => (value === 'all' ? 'All, each once' : (shortReason(value as HandoffReason) ?? plain(value))),
};
