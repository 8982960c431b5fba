/** Rows in one statement: seconds of work and of locks at most. */
const AT_ONCE = 500;

/**
 * Deletes however many rows there are, some at a time, so that no statement and no lock lasts. What was deleted before a
 * failure stays deleted; the next call goes on.
 * @param some deletes up to `limit` rows, and says how many it has
 */
export async function deleteInBatches(some: (limit: number) => Promise<number>): Promise<void> {
  while ((await some(AT_ONCE)) > 0);
}
