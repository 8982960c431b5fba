/** A time as the clock on this machine's wall shows it, with its zone, such as `2026-11-29 21:10:04 CET`. */
export function localTime(at: Date): string {
  return `${day.format(at)} ${zoneOf(at)}`;
}

// The Swedish way of writing a date is the ISO one.
const day = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });

function zoneOf(at: Date): string {
  return zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
