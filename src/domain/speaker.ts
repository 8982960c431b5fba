import { closedInWords } from './decision-line.ts';
import { engagement } from './engagement.ts';
import { shortReason, type HandoffReason } from './handoff.ts';
import { isMirroredOnly, isShielded, type SessionState } from './session.ts';
import type { Settings } from './settings.ts';
import type { Channel, Responder, SessionStatus } from './ticket.ts';

/** Who answers a ticket as things are, in a sentence, and by which rule; `people` also where nobody does. */
export type Speaker = { who: 'ai' | 'people'; words: string; rule: string };

export type SpeakerFacts = Pick<SessionState, 'admittedBy' | 'aiWrote' | 'personStepped' | 'closure' | 'closedBy'> & {
  status: SessionStatus;
  responder: Responder;
  channel: Channel;
  groupId: number | null;
  backfilled: boolean;
  erased: boolean;
  /** Freshdesk takes the connection's key. */
  connectionActive: boolean;
  /** The fields for which Freshdesk did not take the AI agent off the ticket (H4). */
  handoffRefused: string | null;
  /** Why the AI gave it to people in the present conversation; null when it has not. */
  reasons: readonly HandoffReason[] | null;
};

const NAMES: Record<Channel, string> = {
  email: 'E-mail',
  web: 'The web channel',
  phone: 'Phone',
  other: 'The channel "other"',
};

/** Answers "who speaks here, and why not the AI", by the same rules as `decide` (E4–E7, E12, C8). */
export function speaker(facts: SpeakerFacts, settings: Settings): Speaker {
  const over = ended(facts);
  if (over !== null) return over;
  const { channel, responder } = facts;
  const { mode } = settings.channels[channel];
  if (mode === 'off')
    return people('E7', `${NAMES[channel]} is off, so that the ticket is only mirrored (channels.${channel}.mode).`);
  if (facts.handoffRefused !== null)
    return people(
      'H4',
      `People are to answer, but Freshdesk refused to take the AI agent off the ticket: it asks for ${facts.handoffRefused}. Assign the ticket to a person.`,
    );
  const { intake, assist, paused } = settings;
  const { speaks, rule } = engagement(
    {
      status: facts.status,
      responder,
      shielded: isShielded(facts),
      ...(isMirroredOnly(facts) ? { mirroredOnly: true as const } : {}),
    },
    facts.groupId,
    { ...intake, draftForPeople: assist.whenHumanOwned },
    mode,
  );
  if (!speaks && rule === 'E2') return people(rule, mirroredWhy(facts, settings));
  if (!speaks) return people(rule, whyNot(facts, settings));
  if (!facts.connectionActive)
    return people('C8', 'It is for the AI, which may not write: Freshdesk refuses the key of the connection.');
  if (paused)
    return people('E12', 'It is for the AI, which may not write: the connection is paused. "resume" lets it go on.');
  return { who: 'ai', rule, words: why(facts, settings, rule) };
}

function ended({ status, erased, closure, closedBy }: SpeakerFacts): Speaker | null {
  if (erased)
    return people(
      'E2',
      'Nobody here: its requester was erased, and the ticket is neither mirrored nor answered any more.',
    );
  if (status === 'closed_unresolved')
    return people('S3', `Nobody: ${closedInWords({ closure, closedBy })}. What waits counts when it is restored.`);
  if (status === 'closed_resolved')
    return people('S1', `Nobody: ${closedInWords({ closure, closedBy })}. The customer's next message opens it again.`);
  return null;
}

function whyNot({ responder, status, channel, reasons }: SpeakerFacts, { channels, intake, assist }: Settings): string {
  const back = "Assigned to the AI agent, the AI goes on with the customer's next message.";
  const drafts = channels[channel].mode === 'assist' && !assist.whenHumanOwned;
  const beside = drafts ? ' It would draft beside people with assist.whenHumanOwned.' : '';
  if (responder === 'person') return `A person has the ticket, so that the AI is silent. ${back}${beside}`;
  if (status === 'handed_off' && reasons !== null)
    return `People have it: the AI handed it over (${reasons.map(shortReason).join(', ')}). ${back}${beside}`;
  if (status === 'handed_off')
    return `People have it: a person has replied or had the ticket, so that the AI is silent. ${back}${beside}`;
  const group =
    intake.defaultGroupId === null ? '' : `, it is not in group ${intake.defaultGroupId} (intake.defaultGroupId)`;
  return `${NAMES[channel]} is on autopilot, but this ticket was not given to the AI: it is assigned to nobody${group}, and intake.autoHandleAll is off.`;
}

/** B2: from before, and the intake has not taken it since. */
function mirroredWhy({ channel, groupId }: SpeakerFacts, { channels, intake, rollout }: Settings): string {
  const { mode } = channels[channel];
  const { autoHandleAll, defaultGroupId } = intake;
  const taken = autoHandleAll || (defaultGroupId !== null && groupId === defaultGroupId);
  const because = taken
    ? `is not among the ${rollout.percent} % of rollout.percent, or intake.exclude names it, or its customer has not written since`
    : `is not assigned to the AI agent, and intake.autoHandleAll is off${defaultGroupId === null ? '' : `, and it is not in group ${defaultGroupId}`}`;
  return `${NAMES[channel]} is ${mode === 'autopilot' ? 'on autopilot' : 'in assist'}, but this ticket was there before the account was connected, and was mirrored only: it ${because}.`;
}

function why({ responder, channel, groupId, backfilled }: SpeakerFacts, settings: Settings, rule: string): string {
  const { mode } = settings.channels[channel];
  const { defaultGroupId, autoHandleAll } = settings.intake;
  const replies =
    settings.handoff.confidenceThreshold === 'earned'
      ? 'replies in public where that is earned, else drafts'
      : 'replies in public';
  const does = mode === 'autopilot' ? replies : 'drafts for people';
  const on = `${NAMES[channel]} is ${mode === 'autopilot' ? 'on autopilot' : 'in assist'}`;
  const before = backfilled ? ' What was written before the account was connected is not answered.' : '';
  if (rule === 'E5')
    return `The AI ${does}: it has taken the ticket by itself and has not written yet, so that the assignment to a person does not silence it.`;
  if (responder === 'person') return 'A person has the ticket, and the AI drafts for them (assist.whenHumanOwned).';
  if (responder === 'ai') return `The AI ${does}: the ticket is assigned to it, and ${lower(on)}.${before}`;
  if (rule === 'E7') return `The AI ${does}: ${lower(on)}.${before}`;
  const by =
    defaultGroupId !== null && groupId === defaultGroupId && !autoHandleAll
      ? 'the ticket is in the group that intake.defaultGroupId names'
      : 'intake.autoHandleAll takes every ticket';
  return `The AI ${does}: ${lower(on)}, and ${by}.${before}`;
}

function lower(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function people(rule: string, words: string): Speaker {
  return { who: 'people', words, rule };
}
