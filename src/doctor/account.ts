import { ago } from '../domain/ago.ts';
import { CannotDecrypt } from '../db/connections/secrets.ts';
import type { Connection } from '../db/connections/connection.ts';
import { MARKER_FIELD } from '../domain/routing.ts';
import { clockTrouble } from '../domain/machine.ts';
import { type Earned, earnedInWords } from '../domain/earned.ts';
import { reachInWords } from '../domain/reach.ts';
import type { Settings } from '../domain/settings.ts';
import type { Freshdesk, Group, TicketField } from '../freshdesk/client.ts';
import { ConnectError, NotFound } from '../freshdesk/errors.ts';
import { failed, ok, type Verdict, warning } from '../domain/verdict.ts';
import { checkOrder, checkRule, readRules, RULE_CHECKS, type RulesExpected } from '../freshdesk/rule-check.ts';
import { type CheckName, type Finding, saidBy } from './finding.ts';

const DAY_MS = 24 * 3_600_000;

/** One connection, and how to look at its account. */
export type AccountProbe = {
  connection: Connection;
  settings: Settings;
  /** Throws CannotDecrypt. */
  freshdesk(): Promise<Freshdesk>;
  rules: Omit<RulesExpected, 'connectionId'>;
  now: Date;
  /** Our clock at the moment it is asked for, ms. */
  clockMs(): number;
  /** How far public answers are earned (N11). */
  earned(): Promise<Earned>;
  /** Number of articles. */
  knowledge(): Promise<number>;
};

/** C6, for one connection. When the key does not work, that is the one thing to say of the account. */
export async function accountFindings(probe: AccountProbe): Promise<Finding[]> {
  const { connection, settings, now } = probe;
  const named = (check: CheckName, verdict: Verdict): Finding => ({ check, connection: connection.id, ...verdict });
  const ours = [
    named('webhooks', checkWebhooks(connection, now)),
    named('knowledge', await checkKnowledge(probe)),
    named('pause', checkPause(connection, settings)),
    named('who is answered', ok(reachInWords(settings))),
    ...(await checkEarned(probe)).map((verdict) => named('autopilot', verdict)),
  ];
  const opened = await probe.freshdesk().catch((error: unknown) => {
    if (error instanceof CannotDecrypt) return error;
    throw error;
  });
  if (opened instanceof CannotDecrypt) return [named('key', undecryptable(opened, connection)), ...ours];
  const { key, clock } = await checkKey(opened, probe);
  if (clock === null) return [named('key', key), ...ours];

  const findings = [named('key', key), named('clock', clock)];
  const add = async (check: CheckName, verdict: () => Promise<Verdict>) =>
    void findings.push(named(check, await verdict().catch(unreadable)));
  await add('ticket scope', () => checkScope(opened));
  findings.push(...(await checkRules(probe, opened)).map(([check, verdict]) => named(check, verdict)), ...ours);
  await add('auto-assignment', () => checkAutoAssignment(opened, connection));
  await add('routing', () => checkRouting(opened, probe));
  const fields = await opened.ticketFields().catch((error: unknown) => unreadable(error));
  const onFields = (check: (given: TicketField[], settings: Settings) => Verdict) =>
    Array.isArray(fields) ? check(fields, probe.settings) : fields;
  findings.push(named('marker field', onFields(checkMarker)), named('resolve fields', onFields(checkResolveFields)));
  return findings;
}

function unreadable(error: unknown): Verdict {
  return warning(
    `This could not be looked at: ${saidBy(error)}.`,
    'Run doctor again in a minute, or look in Freshdesk.',
  );
}

function undecryptable(error: CannotDecrypt, { id }: Connection): Verdict {
  const fix = `Put the old ENCRYPTION_KEY back beside the new one, or run "connections rotate-key ${id}".`;
  return failed(error.message.split(' Restore ')[0] ?? error.message, fix);
}

/** Key and clock; no clock where the key does not work. */
async function checkKey(
  freshdesk: Freshdesk,
  { connection: { id, domain, state, stateReason }, clockMs }: AccountProbe,
): Promise<{ key: Verdict; clock: Verdict | null }> {
  try {
    const { agent, atMs } = await freshdesk.verify();
    const clock = checkClock(clockMs() - atMs);
    if (state === 'active')
      return { key: ok(`${domain} accepts the key of ${agent.name}, who has admin rights.`), clock };
    const key = warning(
      `The key works, and the connection is still marked as broken (${stateReason ?? 'no reason known'}).`,
      `A running service heals it within five minutes; "connections rotate-key ${id}" with the same key does so now.`,
    );
    return { key, clock };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const what = error.message.slice(0, -error.whatToDo.length).trim();
    const mend = error.reason === 'invalid_credentials' || error.reason === 'not_admin';
    const key = failed(
      `${what} (${error.reason})`,
      mend ? `${error.whatToDo} A new key is given with "connections rotate-key ${id}".` : error.whatToDo,
    );
    return { key, clock: null };
  }
}

function checkClock(aheadMs: number): Verdict {
  const said = clockTrouble('this machine', aheadMs);
  return said === null ? ok("Our clock and Freshdesk's agree.") : failed(said.what, said.whatToDo);
}

/** E12 */
function checkPause({ id }: Connection, { paused }: Settings): Verdict {
  if (!paused) return ok('Writing to Freshdesk is not paused.');
  const of = id === 'default' ? '' : ` --connection ${id}`;
  return warning('Paused: nothing is written to Freshdesk, and tickets wait.', `Run "resume${of}" when it may go on.`);
}

/** N11: only where something would go out in public. */
async function checkEarned({ settings: { channels, handoff }, earned }: AccountProbe): Promise<Verdict[]> {
  const autopilot = Object.values(channels).some(({ mode }) => mode === 'autopilot');
  if (handoff.confidenceThreshold !== 'earned' || !autopilot) return [];
  const standing = await earned();
  const words = `${earnedInWords(standing)}.`;
  if (standing.threshold !== null) return [ok(words)];
  return [
    warning(
      words,
      'Have people send, change or replace the drafts, or grade them on the page Review; a number as handoff.confidenceThreshold replies in public at once, at your own risk.',
    ),
  ];
}

async function checkKnowledge({ connection: { id }, knowledge }: AccountProbe): Promise<Verdict> {
  const articles = await knowledge();
  if (articles > 0) return ok(`The AI answers from ${articles} ${articles === 1 ? 'article' : 'articles'}.`);
  const of = id === 'default' ? '' : ` --connection ${id}`;
  return warning(
    'There is no knowledge: the AI has nothing to answer from, and hands every question to people.',
    `Run "knowledge import FOLDER${of}", or "knowledge sync${of}" where there are Freshdesk Solutions.`,
  );
}

async function checkScope(freshdesk: Freshdesk): Promise<Verdict> {
  const { value: me } = await freshdesk.me();
  if (me.ticketScope === null || me.ticketScope === 1) return ok('The agent sees every ticket.');
  return warning(
    `The agent sees only ${me.ticketScope === 2 ? "its groups' tickets" : 'its own tickets'}: the others cannot be mirrored.`,
    'Give the agent global ticket scope (Admin → Team → Agents).',
  );
}

async function checkRules(probe: AccountProbe, freshdesk: Freshdesk): Promise<[CheckName, Verdict][]> {
  const expected = { connectionId: probe.connection.id, ...probe.rules };
  try {
    const tabs = await readRules(freshdesk);
    const all = tabs.flatMap(({ rules }) => rules);
    const checked: [CheckName, Verdict][] = [];
    for (const check of RULE_CHECKS) checked.push([check, await checkRule(check, all, expected)]);
    return [...checked, ['rule order', checkOrder(tabs, expected)]];
  } catch (error) {
    const { reason } = unreadable(error);
    const fix = 'Compare the rules under Admin → Workflows → Automations with docs/freshdesk-setup.md.';
    return RULE_CHECKS.map((check) => [check, warning(reason, fix)]);
  }
}

function checkWebhooks({ lastWebhookAt }: Connection, now: Date): Verdict {
  const fix =
    'Change a ticket and run doctor again. Still none: see the rules, and that Freshdesk reaches PUBLIC_URL over HTTPS.';
  if (lastWebhookAt === null) return warning('No webhook has come yet.', fix);
  if (now.getTime() - lastWebhookAt.getTime() > DAY_MS)
    return warning(`No webhook has come for a day: the last one came ${ago(lastWebhookAt, now)}.`, fix);
  return ok(`The last webhook came ${ago(lastWebhookAt, now)}.`);
}

async function groupOrNull(freshdesk: Freshdesk, id: number): Promise<Group | null> {
  return freshdesk.group(id).catch((error: unknown) => {
    if (error instanceof NotFound) return null;
    throw error;
  });
}

/** Freshdesk would give the AI tickets that nobody meant for it. */
async function checkAutoAssignment(freshdesk: Freshdesk, { agent }: Connection): Promise<Verdict> {
  const { value: me } = await freshdesk.me();
  const assigning: string[] = [];
  for (const id of me.groupIds) {
    const group = await groupOrNull(freshdesk, id);
    if (group?.assignsTickets === true) assigning.push(group.name);
  }
  if (assigning.length === 0) return ok('The agent is in no group that assigns tickets by itself.');
  return failed(
    `${agent.name} is in ${assigning.join(', ')}, where Freshdesk assigns tickets by itself: the AI gets tickets nobody meant for it.`,
    'Take the agent out of that group (Admin → Team → Groups), or switch its automatic assignment off.',
  );
}

/** H3, H4, E2, A3: those whom tickets are given to are there, and so is the status that they are set to. */
async function checkRouting(freshdesk: Freshdesk, { connection, settings }: AccountProbe): Promise<Verdict> {
  const { routing } = settings.handoff;
  const { defaultGroupId } = settings.intake;
  const { statusAfterReply } = settings.reply;
  const path = '"settings set handoff.routing"';
  if (defaultGroupId !== null && (await groupOrNull(freshdesk, defaultGroupId)) === null)
    return failed(
      `The default group ${defaultGroupId} does not exist: it admits no ticket.`,
      'Choose another one with "settings set intake.defaultGroupId", or null.',
    );
  if (statusAfterReply !== null && !connection.statuses.some(({ id }) => id === statusAfterReply))
    return failed(
      `The account has no status ${statusAfterReply}, which tickets are to get with a reply: they keep the one they have.`,
      'Choose another one with "settings set reply.statusAfterReply", or null; "account" lists what there is.',
    );
  if (routing.kind === 'group') {
    const group = await groupOrNull(freshdesk, routing.groupId);
    if (group === null)
      return failed(
        `Tickets are handed off to group ${routing.groupId}, which does not exist: they are unassigned and marked instead.`,
        `Choose another group with ${path}.`,
      );
    if (group.agentIds.every((id) => id === connection.agent.id))
      return warning(`The group "${group.name}" that tickets are handed off to has nobody in it.`, 'Add people to it.');
    return ok(`Tickets are handed off to the group "${group.name}".`);
  }
  if (routing.kind !== 'agent') return ok('Tickets that are handed off are unassigned.');
  const agent = await freshdesk.agent(routing.agentId).catch((error: unknown) => {
    if (error instanceof NotFound) return null;
    throw error;
  });
  if (agent === null || agent.deactivated || agent.id === connection.agent.id) {
    const why =
      agent === null ? 'who does not exist' : agent.deactivated ? 'who is deactivated' : 'which is the AI itself';
    return failed(
      `Tickets are handed off to agent ${routing.agentId}, ${why}: they are unassigned and marked instead.`,
      `Choose another agent with ${path}.`,
    );
  }
  return ok(`Tickets are handed off to ${agent.name}.`);
}

function checkMarker(fields: readonly TicketField[], { handoff }: Settings): Verdict {
  const field = fields.find(({ name }) => name === MARKER_FIELD);
  if (field?.type === 'custom_checkbox') return ok(`The checkbox ${MARKER_FIELD} is there.`);
  const what = field === undefined ? `There is no ticket field ${MARKER_FIELD}` : `${MARKER_FIELD} is no checkbox`;
  const fix =
    field === undefined
      ? `Add a checkbox with that API name (Admin → Workflows → Ticket Fields).`
      : 'Delete it, and add a checkbox with the same API name (Admin → Workflows → Ticket Fields).';
  return handoff.routing.kind === 'unassign_with_marker'
    ? failed(`${what}: tickets that are handed off are marked with a tag instead.`, fix)
    : warning(`${what}: where a routing is refused, a tag stands in for it.`, fix);
}

/** R2: Freshdesk refuses to resolve a ticket without them, and the AI fills in none. */
function checkResolveFields(fields: readonly TicketField[], { autoResolve }: Settings): Verdict {
  const required = fields.filter(({ requiredForClosure }) => requiredForClosure);
  if (required.length === 0) return ok('Nothing has to be filled in to resolve a ticket.');
  const names = required.map(({ label, name }) => `"${label}" (${name})`).join(', ');
  if (!autoResolve) return ok(`To resolve a ticket, people must fill in ${names}; the AI resolves none.`);
  return warning(
    `To resolve a ticket, ${names} must be filled in: where it is not, the AI's tickets stay open.`,
    'No longer require it (Admin → Workflows → Ticket Fields), fill it by a rule, or "settings set autoResolve false".',
  );
}
