import { folded } from '../reading/text.ts';

/**
 * Asks about something of the customer's own that has to be looked up or done by somebody: "where is my order 88213", "please
 * check", "you charged me twice". Articles say how things are in general, so an answer from one is less likely to be right.
 * In English, German, French, Spanish and Portuguese, matched against folded text.
 */
const SOURCES = [
  String.raw`(?:order|ticket|invoice|case|bestellung|auftrag|rechnung|commande|facture|pedido|encomenda|fatura)s?(?: (?:number|no\.?|nr\.?|nummer|numero|n°))?:? ?#? ?\d{4,}|#\d{4,}`,
  String.raw`(?:please|can you|could you|would you|will you) (?:please )?(?:check|look|find out|fix|correct|change my|update my|tell me (?:where|when|why) my|take me off|make an exception|merge|send me my|cancel my|see (?:why|what)|investigate)\b`,
  String.raw`(?:you|they) (?:have )?(?:charged|debited|billed) me|charged (?:me )?twice`,
  String.raw`(?:bitte )?(?:prufen|uberprufen) sie|konnen sie (?:bitte )?(?:prufen|nachsehen|nachschauen)|schauen sie (?:bitte )?nach|wo (?:bleibt|ist) mein\w*`,
  String.raw`pouvez[- ]vous verifier|ou en est ma|ou est (?:ma|mon)`,
  String.raw`(?:pueden|podeis|puede) (?:comprobar|revisar|mirar)|donde esta mi`,
  String.raw`podem verificar|pode verificar|onde esta (?:a )?minha|onde esta o meu`,
  String.raw`where(?:'s| is) my|hasn'?t (?:moved|arrived|come)|my \w+ (?:has|have) (?:disappeared|gone|vanished)|nothing has arrived`,
];
const PATTERN = new RegExp(String.raw`(?<![\w'])(?:${SOURCES.join('|')})`);
const MAX_LENGTH = 20_000;

/** Whether one of these messages asks for a look at, or a change of, the customer's own affairs. */
export function asksAboutOwn(texts: readonly string[]): boolean {
  return texts.some((text) => PATTERN.test(folded(text.slice(0, MAX_LENGTH))));
}
