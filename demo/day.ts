import type { Desk } from './desk.ts';
import type { Tell } from './narrator.ts';
import type { Row } from './outcome.ts';
import { ROUTED_STORIES } from './routed-stories.ts';
import { createStage, type Stage } from './stage.ts';
import { STORIES } from './stories.ts';
import type { RoutedStory, Story } from './story.ts';

type Played = { story: Story; stage: Stage | null; failure: string | null };

/** Plays every story on a ticket of its own, in two acts, and then says how each ticket has ended. */
export async function playAll(desk: Desk, tell: Tell, stopped: AbortSignal): Promise<Row[]> {
  const opened = STORIES.map((story) => ({ story, stage: open(story, desk, tell, stopped) }));
  const played = await Promise.all(opened.map(({ story, stage }) => play(story, stage)));
  for (const story of ROUTED_STORIES) played.push(await playRouted(story, desk, tell, stopped));
  return Promise.all(
    played.map(async ({ story: { title, expected }, stage, failure }): Promise<Row> => {
      const seen = await stage?.outcome().catch(() => null);
      return { ticketId: stage?.ticketId ?? 0, story: title, expected, seen: seen ?? null, failure };
    }),
  );
}

/** Changes the routing of the connection first, so nothing else may be under way. */
async function playRouted(story: RoutedStory, desk: Desk, tell: Tell, stopped: AbortSignal): Promise<Played> {
  try {
    stopped.throwIfAborted();
    const routing = story.routing(desk.simulator.account);
    await desk.service.connections.patchSettings('default', { handoff: { routing } });
    tell('desk', `from now on tickets are handed over by this setting: ${JSON.stringify(routing)}`);
  } catch (error) {
    return { story, stage: null, failure: reasonOf(error) };
  }
  return play(story, open(story, desk, tell, stopped));
}

async function play(story: Story, stage: Stage): Promise<Played> {
  try {
    await story.plays(stage);
    return { story, stage, failure: null };
  } catch (error) {
    return { story, stage, failure: reasonOf(error) };
  }
}

function open({ opens, before }: Story, desk: Desk, tell: Tell, stopped: AbortSignal): Stage {
  before?.(desk);
  const { id } = desk.simulator.account.customerCreatesTicket(opens);
  return createStage(desk, id, tell, stopped);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
