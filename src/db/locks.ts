import type { Prisma } from '../generated/prisma/client.ts';

/** The advisory lock that `prisma migrate deploy` takes, so that it and our own migrating exclude each other. */
export const MIGRATION_LOCK = 72_707_369;

/** First keys of all other advisory locks, here together so that no two of them share a number. */
const KINDS = {
  /** Two imports of a connection's knowledge. */
  import: 7_263_001,
  /** Replies of a connection are claimed one after the other. */
  claim: 7_263_002,
  /** Claiming and sweeping of the same content. */
  content: 7_263_003,
  /** Two that connect one account. */
  connect: 7_263_004,
  /** Two tickets of one person that are seen at the same time. */
  contacts: 7_263_005,
} as const;

/** Waits until no other transaction has the lock of that kind and name, and holds it until this one ends. */
export async function lock(tx: Prisma.TransactionClient, kind: keyof typeof KINDS, name: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${KINDS[kind]}::int, hashtext(${name}))`;
}
