/** Who asks on a ticket, as Freshdesk knows them; normalised (K1). */
export type Person = { email: string | null; phone: string | null; name: string | null };

/** Fewer digits are an extension, or a slip. */
const SHORTEST_PHONE = 5;

/** The same address is the same contact, however it is written. null for what is no address. */
export function normalEmail(email: string | null | undefined): string | null {
  const normal = (email ?? '').trim().toLowerCase();
  return /^[^@\s]+@[^@\s]+$/.test(normal) ? normal : null;
}

/** Digits, with a leading + where the number is an international one: `0049 (0)30 / 12 34` is `+4930 1234` without the space. */
export function normalPhone(phone: string | null | undefined): string | null {
  const [number = ''] = (phone ?? '').trim().split(/[a-z,;#]/i); // what follows is an extension
  const international = /^(?:\+|00)/.test(number);
  const digits = (international ? number.replace(/\(0\)/, '') : number).replaceAll(/\D/g, '');
  const bare = international ? digits.replace(/^00/, '') : digits;
  if (bare.length < SHORTEST_PHONE) return null;
  return international ? `+${bare}` : bare;
}

/** A requester as a person; null when there is neither an address nor a number to know them by. */
export function personOf(requester: {
  email: string | null;
  phone: string | null;
  mobile: string | null;
  name: string | null;
}): Person | null {
  const email = normalEmail(requester.email);
  const phone = normalPhone(requester.phone) ?? normalPhone(requester.mobile);
  if (email === null && phone === null) return null;
  const name = requester.name?.trim() ?? '';
  return { email, phone, name: name === '' ? null : name };
}
