/** A file that replies citing an article carry (F4); its bytes are in the storage. */
export type ArticleFile = { name: string; contentType: string; size: number; key: string };

/** Freshdesk's limit; by its documentation for all of a ticket's attachments, by others' experience for each reply. */
export const MAX_REPLY_BYTES = 20 * 1_024 * 1_024;

/** What became of an article's file when the answer was posted, as the turn's record says (F4). */
export type TurnFile = {
  name: string;
  size: number;
  outcome: 'attached' | 'left_out';
  /**
   * Why it was left out: no room below the limit, refused by Freshdesk, an attempt with it got no answer, or the storage did
   * not give it.
   */
  why?: 'too_large' | 'refused' | 'no_answer' | 'storage';
};

/** Which files go along: in order, each content once, what does not fit beside the others is left out. */
export function chooseFiles<File extends ArticleFile>(
  files: readonly File[],
  maxBytes: number = MAX_REPLY_BYTES,
): { attached: File[]; leftOut: File[] } {
  const attached: File[] = [];
  const leftOut: File[] = [];
  let left = maxBytes;
  for (const file of new Map(files.map((one) => [one.key, one])).values()) {
    if (file.size > left) leftOut.push(file);
    else {
      attached.push(file);
      left -= file.size;
    }
  }
  return { attached, leftOut };
}
