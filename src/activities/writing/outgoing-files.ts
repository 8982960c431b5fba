import { buffer } from 'node:stream/consumers';
import { chooseFiles, type ArticleFile, type TurnFile } from '../../domain/article-files.ts';
import type { FoundTurn } from '../../db/turns/turns.ts';
import type { OutgoingFile } from '../../freshdesk/client.ts';
import { StorageError } from '../../storage/port.ts';
import type { ActivityDeps } from '../deps.ts';

type TurnWithFiles = Pick<FoundTurn, 'id' | 'sources' | 'files'>;

/**
 * The files of the cited articles that the answer carries (F4), at most 20 MB together; which, and what was left out and
 * why, is on the turn's record before anything is sent. `triedBefore`: an attempt has had no answer, and what files may have
 * been the reason for is sent without them.
 */
export async function filesToSend(
  deps: ActivityDeps,
  connectionId: string,
  turn: TurnWithFiles,
  { triedBefore }: { triedBefore: boolean },
): Promise<OutgoingFile[]> {
  if (turn.files.some((file) => file.why === 'refused' || file.why === 'no_answer')) return [];
  const files = await deps.articleFiles.of(
    connectionId,
    turn.sources.map((source) => source.articleId),
  );
  if (files.length === 0) return [];
  const { attached, leftOut } = chooseFiles(files);
  if (triedBefore) {
    await deps.turns.recordFiles(turn.id, [...leaving(leftOut, 'too_large'), ...leaving(attached, 'no_answer')]);
    return [];
  }
  const record: TurnFile[] = leaving(leftOut, 'too_large');
  const outgoing: OutgoingFile[] = [];
  for (const file of attached) {
    const bytes = await bytesOf(deps, turn, file);
    if (bytes === null) record.push(...leaving([file], 'storage'));
    else {
      outgoing.push({ name: file.name, contentType: file.contentType, bytes });
      record.push({ name: file.name, size: file.size, outcome: 'attached' });
    }
  }
  await deps.turns.recordFiles(turn.id, record);
  return outgoing;
}

/** F4: Freshdesk refused them, so the answer goes without. */
export async function noteRefusedFiles(
  deps: ActivityDeps,
  turnId: string,
  files: readonly OutgoingFile[],
): Promise<void> {
  const sizes = files.map(({ name, bytes }) => ({ name, size: bytes.length }));
  await deps.turns.recordFiles(turnId, leaving(sizes, 'refused'));
}

function leaving(files: readonly Pick<ArticleFile, 'name' | 'size'>[], why: NonNullable<TurnFile['why']>): TurnFile[] {
  return files.map(({ name, size }) => ({ name, size, outcome: 'left_out', why }));
}

/** An answer is not kept back over a file that the storage does not give. */
async function bytesOf(
  deps: ActivityDeps,
  turn: TurnWithFiles,
  { key }: ArticleFile,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const content = await deps.storage.get(key);
    if (content !== null) return Uint8Array.from(await buffer(content));
    deps.log.error({ turn: turn.id }, "the storage does not have an article's file: import the knowledge again");
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    deps.log.error(
      { turn: turn.id, reason: error.message },
      "an article's file cannot be read; the answer goes without",
    );
  }
  return null;
}
