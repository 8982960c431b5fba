import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long another process's new connection or changed secret may stay unseen. */
const FRESH_MS = 5_000;

type SecretCheck = {
  check(connectionId: string, secret: string): Promise<boolean>;
  /** Reads again at the next check. */
  forget(): void;
};

/** SHA-256, hex: what is stored of a webhook secret. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/**
 * Checks webhook secrets (W2). All hashes are kept, not only those asked for: a flood of made-up connection names then
 * reads the database no more often than a flood of real webhooks does, once in 5 s, and costs no memory.
 */
export function createSecretCheck(
  load: () => Promise<{ id: string; webhookSecretHash: string }[]>,
  now: () => Date,
): SecretCheck {
  const nobody = hashSecret(randomBytes(32).toString('hex'));
  let known: Map<string, string> | null = null;
  let readAtMs = -Infinity;
  let reading: Promise<Map<string, string>> | null = null;

  async function read(): Promise<Map<string, string>> {
    const rows = await load();
    return new Map(rows.map(({ id, webhookSecretHash }) => [id, webhookSecretHash]));
  }

  async function current(): Promise<Map<string, string>> {
    if (known !== null && now().getTime() - readAtMs < FRESH_MS) return known;
    const mine = (reading ??= read());
    try {
      const hashes = await mine;
      // A read that began before forget() may have missed what was saved.
      if (reading === mine) [known, readAtMs] = [hashes, now().getTime()];
      return hashes;
    } catch (error) {
      if (known === null) throw error;
      // While the database is away the hints still get through: the secrets known last go on counting.
      readAtMs = now().getTime();
      return known;
    } finally {
      if (reading === mine) reading = null;
    }
  }

  return {
    async check(connectionId, secret) {
      const stored = (await current()).get(connectionId);
      const matches = timingSafeEqual(Buffer.from(stored ?? nobody, 'hex'), Buffer.from(hashSecret(secret), 'hex'));
      return stored !== undefined && matches;
    },
    forget() {
      readAtMs = -Infinity;
      reading = null;
    },
  };
}
