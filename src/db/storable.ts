/** What PostgreSQL's text and jsonb take: mails do hold NUL, and a text that was cut may end in half a character. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
