/** Who asks on a ticket, as Freshdesk knows them; normalised (K1). */
export type Person = { email: string | null; phone: string | null; name: string | null };

/** Fewer digits are an extension, or a slip. */
const SHORTEST_PHONE = 5;

/** What stands before a number in a link or an address book. */
const SCHEME =
  /^(?:tel|telephone|callto|sips?|sms|phone|ph|mobile|mobil|whatsapp|wa|fax|[ptmf])\.?\s*:\s*(?:\/\/)?\s*/i;

/** The same address is the same contact, however it is written. null for what is no address. */
export function normalEmail(email: string | null | undefined): string | null {
  const normal = (email ?? '').trim().toLowerCase();
  return /^[^@\s]+@[^@\s]+$/.test(normal) ? normal : null;
}

/**
 * Digits, with a leading + where the number is an international one: `0049 (0)30 / 12 34` is `+4930 1234` without the space.
 * Address books put invisible characters around it, links a scheme before it; digits are written in many scripts.
 */
export function normalPhone(phone: string | null | undefined): string | null {
  const plain = inAscii((phone ?? '').normalize('NFKC').replaceAll(/\p{Cf}/gu, ''))
    .trim()
    .replace(SCHEME, '');
  const [number = ''] = plain.split(/\p{L}|[,;#]/u); // what follows is an extension
  const international = /^(?:\+|00)/.test(number);
  const digits = (international ? number.replace(/\(0\)/, '') : number).replaceAll(/\D/g, '');
  const bare = international ? digits.replace(/^00/, '') : digits;
  if (bare.length < SHORTEST_PHONE) return null;
  return international ? `+${bare}` : bare;
}

/** The digits of a script stand in a row from its zero on. */
function inAscii(text: string): string {
  const isDigit = (codePoint: number) => /^\p{Nd}$/u.test(String.fromCodePoint(codePoint));
  return text.replaceAll(/\p{Nd}/gu, (digit) => {
    const codePoint = digit.codePointAt(0) ?? 0;
    let value = 0;
    while (value < 9 && isDigit(codePoint - value - 1)) value += 1;
    return String(value);
  });
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
