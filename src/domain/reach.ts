import type { Settings } from './settings.ts';
import type { Channel, Mode } from './ticket.ts';

const CHANNELS: readonly Channel[] = ['email', 'web', 'phone', 'other'];

/**
 * Which settings let more customers get a public reply than before, each as "name: old → new"; empty when no more do. Drafts
 * reach nobody, so that without a channel on autopilot nothing does.
 */
export function widened(before: Settings, after: Settings): string[] {
  if (!CHANNELS.some((channel) => after.channels[channel].mode === 'autopilot')) return [];
  const modes = CHANNELS.filter(
    (channel) => after.channels[channel].mode === 'autopilot' && before.channels[channel].mode !== 'autopilot',
  ).map((channel) => `channels.${channel}.mode: ${before.channels[channel].mode} → autopilot`);
  const [was, is] = [before.intake, after.intake];
  return [
    ...modes,
    ...(after.rollout.percent > before.rollout.percent
      ? [`rollout.percent: ${before.rollout.percent} → ${after.rollout.percent}`]
      : []),
    ...(confidenceWidened(before, after)
      ? [`handoff.confidenceThreshold: ${before.handoff.confidenceThreshold} → ${after.handoff.confidenceThreshold}`]
      : []),
    ...(is.autoHandleAll && !was.autoHandleAll ? ['intake.autoHandleAll: false → true'] : []),
    ...(is.defaultGroupId !== null && is.defaultGroupId !== was.defaultGroupId
      ? [`intake.defaultGroupId: ${was.defaultGroupId ?? 'null'} → ${is.defaultGroupId}`]
      : []),
  ];
}

/** Instead of what is earned any number lets more answers out, and so does a lower one. */
function confidenceWidened({ handoff: before }: Settings, { handoff: after }: Settings): boolean {
  const [was, is] = [before.confidenceThreshold, after.confidenceThreshold];
  return is !== 'earned' && (was === 'earned' || is < was);
}

/** What of the settings says which tickets are answered, and how (E2, E7, E12). */
export function reachOf({ intake, rollout, channels, assist }: Settings) {
  return {
    intake,
    rollout,
    modes: CHANNELS.map((channel) => channels[channel].mode),
    draftsForPeople: assist.whenHumanOwned,
  };
}

const ONCE_EARNED = 'public replies where they are earned, else drafts,';
const DOES: Record<Mode, string> = { autopilot: 'public replies', assist: 'drafts for people', off: 'mirrored only' };

/** Who gets answered, in one line: what is done on which channel (E7), and which tickets are taken (E2, E12). */
export function reachInWords({ channels, intake, rollout, handoff }: Settings): string {
  const modes = (Object.keys(DOES) as Mode[]).flatMap((mode) => {
    const named = CHANNELS.filter((channel) => channels[channel].mode === mode);
    const does = mode === 'autopilot' && handoff.confidenceThreshold === 'earned' ? ONCE_EARNED : DOES[mode];
    return named.length === 0 ? [] : [`${does} on ${named.join(', ')}`];
  });
  const { percent } = rollout;
  const share = percent === 100 ? '' : `${percent} % of `;
  const taken = [
    'those that are assigned to the AI agent',
    ...(intake.autoHandleAll
      ? [`${share}all others`]
      : intake.defaultGroupId === null
        ? []
        : [`${share}those in group ${intake.defaultGroupId}`]),
  ];
  const { groupIds, productIds, tags } = intake.exclude;
  const left = groupIds.length + productIds.length + tags.length === 0 ? '' : ' (less what intake.exclude names)';
  return `${modes.join('; ')}. Tickets taken: ${taken.join(', and ')}${left}.`;
}
