import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Text at rest: base64 of iv, tag and ciphertext, and which key made it. */
export type Sealed = { ciphertext: string; keyId: string };

/** Encrypts what the database keeps for us (C3). `owner` is the row it belongs to: moved to another row, it does not open. */
export type Keyring = {
  /** Names the key that encrypts now; what another one has sealed is to be sealed again. */
  currentKeyId: string;
  seal(text: string, owner: string): Sealed;
  /** Throws CannotDecrypt when the key is gone or the row was tampered with. */
  open(sealed: Sealed, owner: string): string;
};

/** A stored secret that the present ENCRYPTION_KEY does not open. */
export class CannotDecrypt extends Error {
  constructor(owner: string, keyId: string, why: string) {
    super(
      `The API key of connection "${owner}" cannot be decrypted: ${why} (key id ${keyId}). Restore the old ENCRYPTION_KEY beside the new one, separated by a comma, or give the connection its key again (connections rotate-key).`,
    );
    this.name = 'CannotDecrypt';
  }
}

/** AES-256-GCM with 32-byte keys: the first encrypts, all decrypt, so that keys can be rotated (C3). */
export function createKeyring(keys: readonly Uint8Array[]): Keyring {
  const [current] = keys;
  if (current === undefined) throw new Error('No encryption key was given');
  const currentKeyId = idOf(current);
  const byId = new Map(keys.map((key) => [idOf(key), createSecretKey(key)]));

  return {
    currentKeyId,
    seal(text, owner) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current, iv).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return { ciphertext: Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64'), keyId: currentKeyId };
    },
    open(sealed, owner) {
      const key = byId.get(sealed.keyId);
      if (key === undefined)
        throw new CannotDecrypt(owner, sealed.keyId, 'it was encrypted with a key that is no longer in ENCRYPTION_KEY');
      const bytes = Buffer.from(sealed.ciphertext, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(owner))
          .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new CannotDecrypt(owner, sealed.keyId, 'the stored text was changed');
      }
    },
  };
}

/** Names a key without telling anything about it. */
function idOf(key: Uint8Array): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
