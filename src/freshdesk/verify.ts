import type { Me } from './account-payloads.ts';
import type { At } from './payloads.ts';
import { ConnectError, NotFound, RateLimited, Rejected, Unauthorized, Unreachable } from './errors.ts';

export type VerifiedAgent = { agent: { id: number; name: string; email: string }; admin: true; atMs: number };

export type Verification = {
  host: string;
  me: () => Promise<At<Me>>;
  /** Reads something that only admins may read. */
  probeAdmin: () => Promise<unknown>;
};

/**
 * C1: the domain answers, the key is accepted, its owner may administer. Nothing in the agent says "admin", and custom
 * roles can hold those rights too, so an admins-only endpoint is asked. Throws ConnectError.
 */
export async function verifyAgent({ host, me, probeAdmin }: Verification): Promise<VerifiedAgent> {
  try {
    const { value: agent, atMs } = await me();
    if (agent.deactivated) throw deactivated(host);
    await probeAdmin();
    return { agent: { id: agent.id, name: agent.name, email: agent.email }, admin: true, atMs };
  } catch (error) {
    throw connectError(host, error);
  }
}

function connectError(host: string, error: unknown): unknown {
  if (error instanceof NotFound) return wrongDomain(host, 'is not a Freshdesk account');
  if (error instanceof Unauthorized) return unauthorized(host, error);
  if (error instanceof Rejected) return rejected(host, error);
  if (error instanceof Unreachable) return unreachable(host, error);
  if (error instanceof RateLimited) {
    const seconds = Math.ceil(error.retryAfterMs / 1000);
    return new ConnectError('unreachable', `The API rate limit of ${host} is used up.`, `Try again in ${seconds} s.`);
  }
  return error;
}

function unauthorized(host: string, { reason }: Unauthorized): ConnectError {
  if (reason === 'account_suspended') {
    return new ConnectError(
      'account_suspended',
      `The Freshdesk account ${host} is suspended.`,
      'Sign in to Freshdesk as its owner and settle the plan, then connect again.',
    );
  }
  if (reason === 'agent_deactivated') return deactivated(host);
  return new ConnectError(
    'invalid_credentials',
    `${host} does not accept this API key.`,
    'Copy it again from the profile settings of the agent who shall answer: a reset key replaces the old one, and a deactivated agent has none that works.',
  );
}

function rejected(host: string, error: Rejected): ConnectError {
  if (error.code === 'require_feature') {
    return new ConnectError(
      'account_suspended',
      `The plan of ${host} does not include the API.`,
      'Choose a plan with API access (Growth or higher), then connect again.',
    );
  }
  if (error.status === 403) {
    return new ConnectError(
      'not_admin',
      `${host} accepts this API key, but its owner has no admin rights.`,
      'Give that agent the role Administrator (Admin → Team → Agents), or use the key of an agent who has it.',
    );
  }
  return new ConnectError('unreachable', `${host} refused to be asked: ${error.message}.`, 'Try again later.');
}

function unreachable(host: string, { seen }: Unreachable): ConnectError {
  if (seen === 'ENOTFOUND') return wrongDomain(host, 'has no address');
  if (seen === 'redirect')
    return wrongDomain(host, 'redirects elsewhere; a custom address of the help desk does not carry the API');
  if (seen === 'unreadable') return wrongDomain(host, 'answers, but not as Freshdesk does');
  return new ConnectError(
    'unreachable',
    `${host} gave no usable answer (${seen}).`,
    'Check that this machine may reach it over HTTPS, and try again.',
  );
}

function wrongDomain(host: string, what: string): ConnectError {
  const whatToDo = 'Give the address agents sign in at, such as acme.freshdesk.com.';
  return new ConnectError('wrong_domain', `${host} ${what}.`, whatToDo);
}

function deactivated(host: string): ConnectError {
  return new ConnectError(
    'invalid_credentials',
    `The agent who owns this API key is deactivated in ${host}.`,
    'Reactivate that agent, or use the key of another one.',
  );
}
