import { type AutomationSetup, markIn, RULE_PREFIX } from './automation-rules.ts';
import type { AccountRule, RuleWebhook } from './automations.ts';

/** A rule of this product that tells another installation of tickets, or us at another address. */
export type OtherRule = {
  name: string;
  /** Where it sends, without query: that may hold a secret. */
  url: string;
  /** Of whom it is; null where it says nothing. */
  mark: string | null;
};

/** By its name, or where an admin named it otherwise, by the path it sends to. */
export function isOfProduct({ name }: AccountRule, { url }: RuleWebhook): boolean {
  return name.startsWith(RULE_PREFIX) || url.includes('/webhooks/freshdesk/');
}

/**
 * C4: the rules that are not ours to change: they carry another installation's mark, or send to another address, whoever
 * they belong to. What sends to one of our connections and has no mark is of an older version, and ours.
 */
export function rulesOfOthers(
  all: readonly AccountRule[],
  { action, mark }: Pick<AutomationSetup, 'action' | 'mark'>,
): OtherRule[] {
  const ours = action.url.slice(0, action.url.lastIndexOf('/') + 1);
  return all.flatMap((rule) =>
    rule.webhooks
      .filter((webhook) => {
        const owner = markIn(webhook.body) ?? mark;
        return isOfProduct(rule, webhook) && (owner !== mark || !webhook.url.startsWith(ours));
      })
      .map(({ url, body }) => ({ name: rule.name, url: shownUrl(url), mark: markIn(body) })),
  );
}

/** Which they are, a line each. */
export function othersInWords(others: readonly OtherRule[]): string {
  return [
    'The account has automation rules of another installation, or of this one at another address:',
    ...others.map(
      ({ name, url, mark }) => `  "${name}" sends to ${url}${mark === null ? '' : ` (installation ${mark})`}`,
    ),
  ].join('\n');
}

/** Origin and path. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? url.replace(/[?#].*$/s, '') : `${parsed.origin}${parsed.pathname}`;
}
