import type { Db } from '../client.ts';

/** `upkeep`: what goes on beside the tickets; `alerts`: looking for problems, and telling of them. */
export type LeaseName = 'upkeep' | 'alerts';

/** What one process does for all of them. Times are the database's. */
export type Leases = {
  /** Takes or keeps it for so long; false while another holder has it. */
  hold(name: LeaseName, holder: string, forMs: number): Promise<boolean>;
  /** Lets another have it at once; nothing where this holder has it no more. */
  release(name: LeaseName, holder: string): Promise<void>;
};

export function createLeases(db: Db): Leases {
  return {
    async hold(name, holder, forMs) {
      const held = await db.$executeRaw`
        INSERT INTO "Lease" AS before ("name", "holder", "until")
        VALUES (${name}, ${holder}, clock_timestamp() + ${forMs}::float8 * interval '1 millisecond')
        ON CONFLICT ("name") DO UPDATE SET "holder" = excluded."holder", "until" = excluded."until"
          WHERE before."holder" = excluded."holder" OR before."until" < clock_timestamp()`;
      return held === 1;
    },

    async release(name, holder) {
      await db.lease.deleteMany({ where: { name, holder } });
    },
  };
}
