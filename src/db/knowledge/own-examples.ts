import type { HeadName } from '../../domain/heads.ts';
import { MOST_EXAMPLES, type OwnExample } from '../../domain/own-examples.ts';
import type { Db } from '../client.ts';
import { isUuid } from '../paging.ts';

/** The sentences that a connection's own people have labelled (N8). */
export type OwnExamples = {
  /** The oldest first. */
  list(connectionId: string): Promise<OwnExample[]>;
  /** The same text of a head counts once: given again, what it is now an example of replaces what it was. Throws TooManyExamples. */
  add(connectionId: string, example: Pick<OwnExample, 'head' | 'positive' | 'text'>, at: Date): Promise<OwnExample>;
  /** False where there is none. */
  remove(connectionId: string, id: string): Promise<boolean>;
};

export class TooManyExamples extends Error {
  constructor() {
    super(`There are ${MOST_EXAMPLES} examples already. Remove what is not needed any more.`);
    this.name = 'TooManyExamples';
  }
}

const shown = { id: true, head: true, positive: true, text: true, at: true } as const;

export function createOwnExamples(db: Pick<Db, 'ownExample'>): OwnExamples {
  return {
    async list(connectionId) {
      const rows = await db.ownExample.findMany({ where: { connectionId }, select: shown, orderBy: { id: 'asc' } });
      return rows.map(exampleOf);
    },

    async add(connectionId, { head, positive, text }, at) {
      if ((await db.ownExample.count({ where: { connectionId } })) >= MOST_EXAMPLES) throw new TooManyExamples();
      const row = await db.ownExample.upsert({
        where: { connectionId_head_text: { connectionId, head, text } },
        create: { connectionId, head, positive, text, at },
        update: { positive, at },
        select: shown,
      });
      return exampleOf(row);
    },

    async remove(connectionId, id) {
      return isUuid(id) && (await db.ownExample.deleteMany({ where: { connectionId, id } })).count > 0;
    },
  };
}

function exampleOf({ head, ...row }: Omit<OwnExample, 'head'> & { head: string }): OwnExample {
  return { ...row, head: head as HeadName };
}
