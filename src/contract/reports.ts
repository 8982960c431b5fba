import { z } from 'zod';
import { NOT_INVOLVED, OPEN_STATES, OUTCOMES, RETURNS, TRIGGERS, VOIDS } from '../domain/episode.ts';
import { FIGURES, TILES } from '../domain/figures.ts';
import { isDate, isTimeZone } from './settings.ts';
import { CHANNELS } from './sessions.ts';
import { oneOf, pageOf, paging, queryFlag, queryId, text, time } from './values.ts';

const MODES = ['autopilot', 'assist'] as const;

/** A day of the zone, or a time of any zone. */
const moment = text
  .refine(
    (at) => at >= '1970' && at < '9999' && (isDate(at) || z.iso.datetime({ offset: true }).safeParse(at).success),
    {
      error: 'must be a day such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z',
    },
  )
  .meta({ example: '2026-01-31' });

/** Which conversations a report is about. They belong to the window in which they began, for good (G2). */
const cohort = {
  connection: text.optional(),
  from: moment.optional().meta({ description: 'Its first day; 28 days before `to` where it is left out' }),
  to: moment.optional().meta({ description: 'Its last day, which is part of it; today where it is left out' }),
  zone: text
    .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')
    .default('UTC')
    .meta({ description: 'In which days begin and end' }),
  channel: oneOf(CHANNELS).optional(),
  mode: oneOf(MODES).optional().meta({ description: 'Of the first turn' }),
  group: queryId.optional().meta({ description: 'The id of the group in Freshdesk' }),
  tag: text.optional(),
  subject: text.optional().meta({ description: 'A subject area, as the report of subjects names it' }),
};

const format = oneOf(['json', 'csv']).default('json');

export const reportQuery = z.strictObject({
  ...cohort,
  compare: queryFlag.optional().meta({ description: 'The window of the same length before it, beside it' }),
  format,
});
export const episodesQuery = z.strictObject({
  ...cohort,
  ...paging,
  figure: oneOf(FIGURES).default('all').meta({ description: 'Which figure they stand behind' }),
  format,
});

const interval = z
  .object({ from: z.number(), to: z.number() })
  .nullable()
  .meta({ description: 'Wilson, 95 %; null of nothing' });

const tile = z
  .object({
    name: z.enum(TILES),
    hits: z.int(),
    n: z.int(),
    share: z.number().nullable().meta({ description: 'hits ÷ n; null of nothing. Below n = 20 say "3 of 7"' }),
    interval,
    hitsFigure: z.enum(FIGURES).meta({ description: 'The list behind `hits`: `/api/reports/episodes?figure=`' }),
    nFigure: z.enum(FIGURES).meta({ description: 'The list behind `n`' }),
  })
  .meta({ id: 'Tile', description: 'One figure with all that it rests on' });

const window = z.object({ from: time, to: time, zone: z.string() }).meta({
  id: 'ReportWindow',
  description: 'From, inclusive, to, exclusive',
});
const duration = z.number().nullable().meta({ description: 'Seconds; null of nothing' });

/** What every report begins with. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the rows keep the types of their columns
const head = <T extends z.ZodRawShape, B extends z.ZodRawShape>(row: T, beside: B) => {
  const part = z.object({
    window,
    n: z.int().meta({ description: 'Conversations that are counted' }),
    seeded: z.int().meta({ description: 'How many of them were made of what was left when the ledger began' }),
    rows: z.array(z.object(row)),
    ...beside,
  });
  return part.extend({
    asOf: time,
    previous: part.nullable().meta({ description: 'null unless `compare` asks for it' }),
  });
};

const n = z.int();
const share = z.number().nullable();

export const outcomesReport = head(
  {
    outcome: z.enum(OUTCOMES),
    detail: z
      .enum([...RETURNS, ...OPEN_STATES])
      .nullable()
      .meta({ description: 'Of what the AI has closed, what followed; of an open one, whom it waits for' }),
    n,
    share: share.meta({ description: 'Of the counted ones; null of those that are not' }),
  },
  { tiles: z.array(tile) },
)
  .extend({
    minutesSaved: z.number().nullable().meta({
      description: 'Durable resolutions × `reports.minutesPerTicket`; null while nobody has set that',
    }),
  })
  .meta({ id: 'OutcomesReport' });

export const volumeReport = head(
  {
    from: z.iso.date().meta({ description: 'The day, or the Monday of the week' }),
    new: n,
    returning: n,
    involved: n,
  },
  {},
)
  .extend({
    notInvolved: z
      .array(z.object({ why: z.enum(NOT_INVOLVED), n }))
      .meta({ description: 'Why the AI had no part in the others' }),
  })
  .meta({ id: 'VolumeReport', description: 'By day, and by week from 92 days on' });

export const handoffsReport = head(
  {
    reason: z.string(),
    wished: z.boolean().meta({ description: 'As wished, and not for somebody to mend' }),
    n,
    share: share.meta({ description: 'Of the handed off ones; they sum to more than 1' }),
    answered: n.meta({ description: 'A person has replied since' }),
    stillWaiting: n,
    medianWaitSeconds: duration.meta({ description: "Until a person's reply: from our clock to Freshdesk's" }),
    p90WaitSeconds: duration,
  },
  {},
).meta({ id: 'HandoffsReport', description: 'One row for each reason; the row `all` is each conversation once' });

export const draftsReport = head(
  {
    subject: z.string(),
    channel: z.enum(CHANNELS),
    sent: n,
    edited: n,
    ignored: n,
    superseded: n,
    open: n,
    acceptance: share.meta({ description: '(sent + edited) ÷ (sent + edited + ignored)' }),
    asIs: share.meta({ description: 'sent ÷ (sent + edited + ignored)' }),
    fidelity: share.meta({ description: '1 − the mean distance' }),
    closeEnough: n.meta({ description: 'Closed ones that a person has changed by a tenth at most' }),
    lowerBound: share.meta({ description: 'Of closeEnough ÷ closed, by Wilson' }),
    harmful: n.meta({ description: 'Reviewed as harmful' }),
    ready: z.boolean().meta({ description: 'Ready for autopilot' }),
    missing: z.string().meta({ description: 'Which condition fails: drafts, closeness, review; empty when ready' }),
  },
  {},
).meta({ id: 'DraftsReport' });

export const subjectsReport = head(
  {
    subject: z.string(),
    kind: z.enum(['topic', 'article', 'group', 'none']),
    n,
    blocked: n,
    handedOff: n,
    confirmed: n,
    assumed: n,
    closedWithTeam: n,
    answeredWithDraft: n,
    answeredWithoutDraft: n,
    open: n,
    durable: n,
    cameBack: n,
  },
  {},
).meta({ id: 'SubjectsReport' });

export const speedReport = head(
  {
    who: z.enum(['ai', 'people']),
    channel: z.enum(['all', ...CHANNELS]),
    n,
    medianSeconds: duration,
    p90Seconds: duration,
  },
  {},
).meta({ id: 'SpeedReport', description: "From the first question to the first reply, both by Freshdesk's clock" });

export const costReport = head(
  {
    day: z.iso.date(),
    model: z.string(),
    calls: n,
    inputTokens: n,
    outputTokens: n,
    money: z.number().nullable(),
    discarded: n.meta({ description: 'Calls whose answer was not used' }),
  },
  {},
)
  .extend({
    totals: z.object({
      tokens: n,
      money: z.number().nullable(),
      perInvolved: z.number().nullable().meta({ description: 'Money for each conversation the AI had a part in' }),
      perDurable: z.number().nullable().meta({ description: 'Money for each durable resolution' }),
    }),
    budgets: z
      .array(
        z.object({
          connection: z.string(),
          tokensToday: n,
          tokenBudget: z.number().nullable(),
          moneyToday: z.number(),
          moneyBudget: z.number().nullable(),
        }),
      )
      .meta({ description: "Of each connection's day so far, in UTC" }),
  })
  .meta({
    id: 'CostReport',
    description: 'What the calls of the window cost; filters other than connection and time are for the totals',
  });

export const calibrationReport = head(
  {
    from: z.number(),
    to: z.number(),
    n,
    mean: z.number().meta({ description: 'Of their confidence' }),
    good: n.meta({ description: 'A draft changed by a tenth at most, or a durable resolution' }),
    share,
    lower: share,
    upper: share,
  },
  {},
)
  .extend({
    thresholds: z.array(
      z.object({
        connection: z.string(),
        threshold: z.number().nullable().meta({ description: 'null: none is earned yet' }),
      }),
    ),
  })
  .meta({ id: 'CalibrationReport', description: 'Five equal groups by confidence' });

export const articlesReport = head(
  {
    articleId: z.string(),
    title: z.string(),
    known: z.boolean().meta({ description: 'It is among the knowledge still' }),
    cited: n,
    answers: n,
    drafts: n,
    handedOff: n,
    ignored: n,
    cameBack: n,
    lastCitedAt: time.nullable().meta({ description: 'null: not in this window' }),
  },
  {},
).meta({ id: 'ArticlesReport' });

export const episode = z
  .object({
    connection: z.string(),
    ticketId: z.int(),
    session: z.uuid().nullable().meta({ description: 'null once the session was removed' }),
    subject: z.string().nullable().meta({ description: "The ticket's; null with the session" }),
    number: z.int(),
    trigger: z.enum(TRIGGERS).nullable().meta({ description: 'null where a seeded row cannot tell' }),
    startedAt: time,
    outcome: z.enum(OUTCOMES),
    returned: z.enum(RETURNS).nullable(),
    voided: z.enum(VOIDS).nullable(),
    channel: z.enum(CHANNELS),
    mode: z.enum(MODES).nullable(),
    subjectArea: z.string(),
    confidence: z.number().nullable(),
    aiReplies: n,
    drafts: n,
    draftFate: z.string().nullable(),
    distance: z.number().nullable(),
    handoffReasons: z.array(z.string()),
    firstAiReplyAt: time.nullable(),
    firstPersonReplyAt: time.nullable(),
    handedOffAt: time.nullable(),
    resolvedAt: time.nullable(),
    seeded: z.boolean(),
  })
  .meta({ id: 'Episode', description: 'One conversation on a ticket: the facts, and what is told from them' });
export const episodePage = pageOf(episode);

export type ReportQuery = z.output<typeof reportQuery>;
export type EpisodesQuery = z.output<typeof episodesQuery>;
export type Tile = z.output<typeof tile>;
export type EpisodeView = z.output<typeof episode>;
export const reports = {
  outcomes: outcomesReport,
  volume: volumeReport,
  handoffs: handoffsReport,
  drafts: draftsReport,
  subjects: subjectsReport,
  speed: speedReport,
  cost: costReport,
  calibration: calibrationReport,
  articles: articlesReport,
} as const;
export type ReportName = keyof typeof reports;
export type Report<Name extends ReportName> = z.output<(typeof reports)[Name]>;
