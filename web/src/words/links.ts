/** Where a link leads: its host, or the address of a mail or a phone; null for what is no link to follow. */
export function hostOf(href: string | null): string | null {
  const url = href === null || !URL.canParse(href) ? null : new URL(href);
  if (url === null) return null;
  if (url.protocol === 'http:' || url.protocol === 'https:') return url.host;
  return url.protocol === 'mailto:' || url.protocol === 'tel:' ? decoded(url.pathname) : null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
