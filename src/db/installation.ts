import { randomBytes } from 'node:crypto';
import type { Db } from './client.ts';

/** Which installation of the product this is: what shares a database is one. A copy of the database keeps its mark. */
export type Installation = {
  /** Eight hexadecimal digits, made when first asked for and the same ever after. */
  mark(): Promise<string>;
  /** The same without making one: null before the first time. */
  knownMark(): Promise<string | null>;
};

const ONLY = 1;

export function createInstallation(db: Db): Installation {
  async function knownMark(): Promise<string | null> {
    return (await db.installation.findUnique({ where: { id: ONLY } }))?.mark ?? null;
  }
  return {
    async mark() {
      const known = await knownMark();
      if (known !== null) return known;
      const fresh = randomBytes(4).toString('hex');
      await db.installation.createMany({ data: [{ id: ONLY, mark: fresh }], skipDuplicates: true });
      return (await knownMark()) ?? fresh;
    },
    knownMark,
  };
}
