import { addressOf } from '../domain/senders.ts';
import { folded, visible } from './text.ts';

/** Why a customer-side message is never answered. */
export type IgnoreReason = { rule: 'E8'; why: 'auto_reply' | 'bounce' | 'newsletter' | 'empty' };

export type IncomingMessage = {
  /** Freshdesk's own flag; null where it says nothing. */
  autoResponse: boolean | null;
  fromEmail: string | null;
  /** The ticket's subject for its description; null or empty for a reply, which has none of its own. */
  subject: string | null;
  /** Clean text. */
  text: string;
  html: string;
  /** A message that is only a file is not empty. */
  hasAttachments: boolean;
};

const BOUNCE_SENDER = /^(?:mailer-daemon|postmaster|mail-daemon)(?:\+.*)?@/i;
/** Nobody reads an answer to these. */
const NO_REPLY_SENDER =
  /^(?:[a-z0-9.+_-]*[.+_-])?(?:no-?_?reply|do-?_?not-?_?reply|nicht-?antworten|ne-?pas-?repondre|no-?responder|nao-?responda)(?:[.+_-][a-z0-9.+_-]*)?@/i;
const LIST_SENDER =
  /^(?:newsletters?|news|marketing|mailing|mailings|promo|promotions|campaigns?|offers|angebote)(?:[.+_-].*)?@/i;
const UNSUBSCRIBE =
  /unsubscribe|abmelden|abbestellen|desabonner|desinscrire|darse de baja|cancelar (?:a )?(?:inscri|subscri|suscri)|descadastr/;
/** The marks of the programs that write them: at the very beginning, and followed by the original subject or nothing. */
const AUTO_REPLY_SUBJECT =
  /^(?:auto(?:matic)? ?-?(?:reply|response)|autoreply|auto|out of (?:the )?office(?: reply| autoreply)?|automatische (?:antwort|ruckantwort)|abwesenheits(?:notiz|nachricht|meldung)|abwesend|reponse automatique|absence du bureau|message d'absence|respuesta automatica|fuera de (?:la )?oficina|resposta automatica|fora do escritorio|ausencia temporaria|automatisch antwoord|afwezig|risposta automatica|autosvar|automatiskt svar)\s*(?:[:([]|$)/;
const BOUNCE_SUBJECT =
  /^(?:undeliver(?:able|ed mail returned to sender)|delivery status notification|mail delivery (?:failed|failure|subsystem)|returned mail|failure notice|unzustellbar|nicht zustellbar|non remis|echec de remise|no se puede entregar|nao e possivel entregar|falha na entrega)\s*(?:[:(-]|$)/;
const AUTO_REPLY_TEXT =
  /^(?:(?:hello|hi|hallo|bonjour|hola|ola|dear \w+|guten tag)[,!. ]+)?(?:this is an auto(?:matic|mated|-?generated) (?:reply|response|message|e-?mail)|dies ist eine automatisch(?:e| generierte| erstellte) (?:antwort|nachricht|e-?mail)|ceci est (?:une reponse|un message) automatique|(?:este|esta) es (?:un mensaje automatico|una respuesta automatica)|(?:esta|este) e uma? (?:resposta|mensagem) automatica)/;

/**
 * Why a message of the customer's side is only mirrored (E8), or null. Built on what Freshdesk gives: its own flag, the
 * sender, the subject. In doubt it is null, because a person's message must never be dropped: an absence mentioned in the
 * text, or an unsubscribe link in a quoted newsletter, is no reason.
 */
export function ignoreReason(message: IncomingMessage): IgnoreReason | null {
  const why = whyIgnored(message);
  return why === null ? null : { rule: 'E8', why };
}

function whyIgnored({
  autoResponse,
  fromEmail,
  subject,
  text,
  html,
  hasAttachments,
}: IncomingMessage): IgnoreReason['why'] | null {
  const sender = addressOf(fromEmail ?? '');
  const line = folded((subject ?? '').slice(0, 500));
  if (BOUNCE_SENDER.test(sender) || BOUNCE_SUBJECT.test(line)) return 'bounce';
  if (LIST_SENDER.test(sender) && UNSUBSCRIBE.test(folded(html.slice(-50_000)))) return 'newsletter';
  if (autoResponse === true || NO_REPLY_SENDER.test(sender)) return 'auto_reply';
  if (AUTO_REPLY_SUBJECT.test(line) || AUTO_REPLY_TEXT.test(folded(text.slice(0, 300)))) return 'auto_reply';
  return isEmpty({ subject, text, html, hasAttachments }) ? 'empty' : null;
}

function isEmpty({
  subject,
  text,
  html,
  hasAttachments,
}: Pick<IncomingMessage, 'subject' | 'text' | 'html'> & { hasAttachments: boolean }): boolean {
  const shown = visible(`${subject ?? ''}${text}`).trim();
  return shown === '' && !hasAttachments && !/<img\b/i.test(html);
}
