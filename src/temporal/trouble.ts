import { NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { codeOf } from '../domain/errors.ts';
import { hasNamespace } from './search-attributes.ts';

/** A sentence on what is wrong, and one on what to do. */
type Words = { reason: string; fix: string };

/** Temporal could not do what was asked, and what the operator can do. */
export class TemporalTrouble extends Error {
  constructor({ reason, fix }: Words, cause?: unknown) {
    super(`${reason} ${fix}`, { cause });
    this.name = 'TemporalTrouble';
  }
}

export function noNamespace(address: string, namespace: string): Words {
  return {
    reason: `Temporal answers at ${address} and has no namespace "${namespace}".`,
    fix: `Make it with "temporal operator namespace create ${namespace}", or correct TEMPORAL_NAMESPACE.`,
  };
}

/** Asked before anything else: without it every call fails in words of its own. Throws TemporalTrouble. */
export async function requireNamespace(
  connection: NativeConnection,
  address: string,
  namespace: string,
): Promise<void> {
  const there = await hasNamespace(connection, namespace).catch((error: unknown) => {
    throw temporalTrouble(error) ?? error;
  });
  if (!there) throw new TemporalTrouble(noNamespace(address, namespace));
}

/** Codes of gRPC. */
const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** What a call to Temporal failed of, in words for an operator; null for what did not come from Temporal. */
export function temporalTrouble(error: unknown): TemporalTrouble | null {
  if (error instanceof TemporalTrouble) return error;
  if (error instanceof NamespaceNotFoundError) {
    const fix = `Make it with "temporal operator namespace create ${error.namespace}", or correct TEMPORAL_NAMESPACE.`;
    return new TemporalTrouble({ reason: `Temporal has no namespace "${error.namespace}".`, fix }, error);
  }
  const isOurs = error instanceof ServiceError || (error instanceof Error && error.name === 'ServiceError');
  return isOurs ? new TemporalTrouble(wordsFor(error), error) : null;
}

function wordsFor(error: Error): Words {
  const { code, message } = answerIn(error);
  switch (code) {
    case CANCELLED: // what the client calls a deadline of ours
    case DEADLINE_EXCEEDED:
      return { reason: 'Temporal did not answer in time.', fix: 'Try again; "doctor" says whether it works.' };
    case UNAVAILABLE:
      return { reason: 'Temporal does not answer.', fix: 'Start it, or correct TEMPORAL_ADDRESS.' };
    case RESOURCE_EXHAUSTED:
      return { reason: 'Temporal has more to do than it takes.', fix: 'Try again in a minute.' };
    case PERMISSION_DENIED:
    case UNAUTHENTICATED:
      return {
        reason: 'Temporal answers, but does not let us in.',
        fix: 'Correct TEMPORAL_API_KEY, TEMPORAL_TLS_… and TEMPORAL_NAMESPACE.',
      };
    case INVALID_ARGUMENT:
      if (/search attribute/i.test(message))
        return {
          reason: 'Temporal does not know our search attributes.',
          fix: 'Start the service, which registers them; "doctor" names those that are missing.',
        };
  }
  return {
    reason: `Temporal refused the call: ${message.replace(/\.$/, '')}.`,
    fix: '"doctor" says whether it is set up.',
  };
}

/** The client wraps what the server said; calls below it do not. */
function answerIn(error: Error): { code: unknown; message: string } {
  const said = error.cause instanceof Error ? error.cause : error;
  return { code: codeOf(said), message: said.message };
}
