import type { ContactView } from '../../contract/sessions.ts';
import { normalEmail, type Person } from '../../domain/contact.ts';
import type { Contact as Row, Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { isUuid } from '../paging.ts';
import { lock } from '../locks.ts';
import { storable } from '../storable.ts';

export type Contacts = {
  /**
   * The contact of this person on the connection, made when there is none: by e-mail, or where there is no address by a phone
   * number that is nobody else's (K1). What is known of a contact is kept up to date, and never emptied.
   */
  of(connectionId: string, person: Person): Promise<string>;
};

export function createContacts(db: Db): Contacts {
  return {
    async of(connectionId, { email, phone, name }) {
      const person = {
        email: email === null ? null : storable(email),
        phone,
        name: name === null ? null : storable(name),
      };
      return db.$transaction(async (tx) => {
        // Two tickets of one person, seen at the same time, must not make two contacts.
        await lock(tx, 'contacts', connectionId);
        const known = await find(tx, connectionId, person);
        if (known === null) {
          const created = await tx.contact.create({ data: { connectionId, ...person }, select: { id: true } });
          return created.id;
        }
        const news = newsOf(known, person);
        if (Object.keys(news).length > 0) await tx.contact.update({ where: { id: known.id }, data: news });
        return known.id;
      });
    },
  };
}

/** By id or by e-mail, whichever `who` is: for erasing. */
export function contactWhere(who: string): Prisma.ContactWhereInput {
  return isUuid(who) ? { id: who } : { email: normalEmail(who) ?? who };
}

export function contactView({ id, name, email, phone }: Row): ContactView {
  return { id, name, email, phone };
}

/**
 * Someone without an address who calls from a known number is that contact, unless several share the number. Someone whose
 * address is new may be a caller of before who has now told it.
 */
async function find(tx: Prisma.TransactionClient, connectionId: string, { email, phone }: Person): Promise<Row | null> {
  if (email !== null) {
    const known = await tx.contact.findUnique({ where: { connectionId_email: { connectionId, email } } });
    if (known !== null || phone === null) return known;
    return tx.contact.findFirst({ where: { connectionId, phone, email: null } });
  }
  const [first, ...others] = await tx.contact.findMany({
    where: { connectionId, phone },
    orderBy: { email: { sort: 'asc', nulls: 'first' } },
    take: 2,
  });
  if (first === undefined) return null;
  return first.email === null || others.length === 0 ? first : null;
}

function newsOf(known: Row, person: Person): Partial<Person> {
  const names = ['email', 'phone', 'name'] as const;
  return Object.fromEntries(
    names.flatMap((key) => (person[key] === null || person[key] === known[key] ? [] : [[key, person[key]]])),
  );
}
