import { asks } from './question.ts';
import { GLAD_SIGN, isGladReaction } from '../reading/reactions.ts';
import { folded, visible, words } from '../reading/text.ts';

/**
 * Courtesy by its words alone, folded, in the languages of the heads: what is told where there are none (N7). Nothing is
 * guessed: one word that is not here makes a message more than thanks.
 */
const setOf = (list: string) => new Set(list.split(/\s+/));
const THANKS = setOf(
  `thank thanks thanx thx tnx ty tysm cheers appreciated danke dank dankeschon merci remercie gracias agradezco obrigado obrigada
  obg agradeco grazie ringrazio bedankt dankjewel dziekuje dzieki`,
);
const BESIDE = setOf(
  `a all again and for have the this that it to with you u your very so much lot alot many once really great good perfect awesome
  excellent nice super quick fast help helping reply response answer support service worked works now day evening weekend week hi
  hello hey there dear team sir madam best kind warm regards wishes bye goodbye
  vielen herzlichen besten lieben schonen fur die das ihre hilfe schnelle antwort hat geklappt alles klar prima perfekt guten tag
  morgen abend hallo mit freundlichen grussen viele grusse liebe mfg lg ihnen dir euch schon sehr tschuss
  beaucoup bien pour votre aide reponse rapide bonne journee soiree bonjour bonsoir parfait vous je tres cordialement au revoir
  muchas mil por su la ayuda respuesta buen buenos buenas dias tardes hola saludos perfecto muy amable adios
  muito pela sua ajuda resposta bom boa dia tarde ola perfeito cumprimentos mesmo tchau
  mille molto per il vostro aiuto buona giornata buongiorno saluti perfetto infinite ciao
  dank je jullie wel heel erg voor hulp hartelijk fijne dag groeten prettige
  bardzo za pomoc pieknie miłego dnia pozdrawiam serdecznie swietnie dobry dzien`,
);
/** These decide something after a question of ours, and close after an answer. */
const DECIDES = setOf("ok okay okey k alright yes yep yeah sure fine ja oui d'accord vale si sim tak oke");
const MAX_LENGTH = 400;

/**
 * Whether a message only thanks, with the words that are known here.
 * @param options.before our last public message before it, null without one: "ok, thanks" decides something out of nowhere and
 *   after a question
 */
export function isThanksOnly(text: string, { before = null }: { before?: string | null } = {}): boolean {
  const shown = visible(text).trim();
  if (shown.length > MAX_LENGTH || /[?¿\p{N}]|https?:|@/u.test(shown)) return false;
  if (isGladReaction(shown)) return true;
  const plain = folded(shown.replace(GLAD_SIGN, ' '));
  if (/\p{Extended_Pictographic}/u.test(plain)) return false;
  const said = words(plain);
  const answered = before !== null && !asks(before);
  return (
    said.some((word) => THANKS.has(word)) &&
    said.every((word) => THANKS.has(word) || BESIDE.has(word) || (answered && DECIDES.has(word)))
  );
}
