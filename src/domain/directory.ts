export type Named = { id: number; name: string };

/** What an account has that settings name by number. */
export type Directory = {
  groups: Named[];
  /** The active ones. */
  agents: (Named & { email: string })[];
  statuses: Named[];
  products: Named[];
};

/** A name in the settings that is none in the account, or that several have. */
export class UnclearName extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnclearName';
  }
}

type Kind = 'group' | 'agent' | 'status' | 'product';

/** The settings that hold the number of something in the account, each with what it is the number of. */
const NUMBERED: Record<string, Kind> = {
  'intake.defaultGroupId': 'group',
  'intake.exclude.groupIds': 'group',
  'intake.exclude.productIds': 'product',
  'reply.statusAfterReply': 'status',
  'handoff.routing.groupId': 'group',
  'handoff.routing.agentId': 'agent',
};

/** Whether a patch of the settings names something by its name, so that the account has to be asked for the number. */
export function hasNames(patch: unknown): boolean {
  let found = false;
  withIds(patch, (name) => {
    found = true;
    return name;
  });
  return found;
}

/**
 * The patch with numbers in the place of names, case aside; of agents an e-mail address will do.
 * @throws UnclearName
 */
export function namesResolved(
  patch: unknown,
  directory: Directory,
  near: (word: string, names: string[]) => string,
): unknown {
  return withIds(patch, (name, kind) => idOf(name, kind, directory, near));
}

function idOf(name: string, kind: Kind, directory: Directory, near: (word: string, names: string[]) => string): number {
  const all: (Named & { email?: string })[] = {
    group: directory.groups,
    agent: directory.agents,
    status: directory.statuses,
    product: directory.products,
  }[kind];
  const wanted = name.trim().toLowerCase();
  const found = all.filter((one) => one.name.trim().toLowerCase() === wanted || one.email?.toLowerCase() === wanted);
  const [only] = found;
  if (only === undefined)
    throw new UnclearName(
      `The account has no ${kind} "${name}".${near(
        name,
        all.map((one) => one.name),
      )} "account" lists what it has.`,
    );
  if (found.length > 1)
    throw new UnclearName(
      `${found.length} ${kind}s of the account are called "${name}": give the number, one of ${found.map(({ id }) => id).join(', ')}.`,
    );
  return only.id;
}

/** Every name at a place where a number is expected; `null` and what is no text stays as it is. */
function withIds(value: unknown, idFor: (name: string, kind: Kind) => unknown, path = ''): unknown {
  const kind = NUMBERED[path];
  if (typeof value === 'string') return kind === undefined || value.trim() === '' ? value : idFor(value, kind);
  if (Array.isArray(value))
    return kind === undefined ? value : value.map((item: unknown) => withIds(item, idFor, path));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withIds(inner, idFor, path === '' ? name : `${path}.${name}`)]),
  );
}
