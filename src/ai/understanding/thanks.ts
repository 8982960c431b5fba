import { GLAD_SIGN, isGladReaction } from '../reading/reactions.ts';
import { folded, sentences, visible } from '../reading/text.ts';

/**
 * Thanks-only messages (E9), in English, German, French, Spanish and Portuguese. Nothing is guessed: every phrase we know
 * is taken out of the message, and it is thanks-only when nothing but names is left. One unknown word makes it a
 * question, because a request must never be taken for a thank-you.
 * All phrases are matched against folded text: lower case, no accents.
 */

/** Whom people thank, in chats also in lower case; names written as such are taken out elsewhere. */
const BEARERS =
  '(?:sir|madam|mam|maam|dear|bro|buddy|mate|friend|team|guys|alex|andy|anna|anne|ben|bob|cameron|casey|charlie|chris|dan|daniel|dave|david|drew|emma|eric|frank|george|jack|james|jamie|jane|jen|jess|jesse|jim|joe|john|jordan|julia|kate|kevin|laura|lisa|lucy|luke|maria|mark|martin|mary|matt|michael|mike|morgan|nick|nina|oliver|paul|peter|riley|rob|robin|sam|sara|sarah|simon|sophie|steve|susan|taylor|tim|tom|zoe)';

/** These make a message a thank-you; the others only may stand beside them. */
const THANKS = [
  String.raw`(?:many |so many )?(?:thanks|thanx|thnx|tnx)(?: (?:a lot|alot|lot|a million|a bunch|so much|so very much|very much|again|all|everyone|team|guys|once again|${BEARERS}))*`,
  String.raw`(?:a )?(?:big |huge )?than(?:k|ks|king)? ?(?:you|u|yo)(?: (?:so|very) (?:very )?much| a lot| all| both| again| once again| guys| team| everyone| ${BEARERS})*`,
  String.raw`(?:thx|tysm|ty|cheers|much appreciated|i (?:really )?appreciate (?:it|that|this|your help|the help|your quick reply)|appreciate it)`,
  String.raw`(?:for|with) (?:the|your|ur|all (?:of )?(?:the|your)|all) (?:(?:quick|fast|prompt|great|kind|speedy|super|very|helpful|swift|friendly|good|timely|big|valuable|wonderful|excellent) )*(?:reply|replies|response|answers?|help|helping|support|assistance|information|informations|info|services?|clarification|explanation|effort|efforts|time|kindness|patience|cooperation|co-? ?operation|consideration|guidance|understanding|attention)`,
  String.raw`for (?:helping|assisting|answering|explaining|chatting|being patient|being so (?:patient|helpful|cooperative)|getting back to me)(?: (?:me|us|that|out|with (?:this|that)|so (?:quickly|fast)|(?:all )?my (?:questions?|queries)))*`,
  String.raw`(?:vielen |herzlichen |lieben |besten |tausend |schonen )?dank(?:e)?(?: (?:schon|schoen|sehr|ihnen|dir|euch|vielmals))*(?: nochmal(?:s)?)?`,
  String.raw`dankeschon|dankeschoen|ich (?:be)?danke(?: (?:ihnen|dir|euch|mich))*|merci vielmals`,
  String.raw`fur (?:die|ihre|deine|eure|ihre) (?:(?:schnelle|rasche|tolle|super|freundliche|prompte|nette) )*(?:antwort|hilfe|unterstutzung|ruckmeldung|info|information|auskunft|bearbeitung)`,
  String.raw`(?:un grand |mille )?merci(?: (?:beaucoup|bien|infiniment|encore|a vous|a tous|a toi))*`,
  String.raw`je vous remercie(?: beaucoup)?`,
  String.raw`(?:pour|de) (?:votre|ton|la|cette|l') ?(?:(?:rapide|excellente|super) )?(?:reponse|aide|retour|reactivite|support|assistance|information)(?: (?:rapide|claire))?`,
  String.raw`(?:muchas |muchisimas |mil )?gracias(?: (?:de nuevo|a todos|otra vez))?|se lo agradezco(?: mucho)?`,
  String.raw`muy agradecid[oa]|les agradezco(?: mucho)?`,
  String.raw`por (?:la|su|tu|vuestra) (?:(?:pronta|rapida) )?(?:respuesta|ayuda|atencion|informacion|rapidez)(?: rapida)?`,
  String.raw`(?:muito )?obrigad[oa](?: (?:mesmo|novamente|de novo|a todos))?|obg|agradeco(?: muito)?|agradecid[oa]`,
  String.raw`pel[oa] (?:(?:rapida|pronta) )?(?:resposta|ajuda|atencao|retorno|apoio|informacao)(?: rapida)?`,
];

/** Nor does a closing want an answer. */
const CLOSINGS = [
  String.raw`(?:good ?)?by+e+(?: (?:by+e+|for now|${BEARERS}))*|(?:see|talk to) (?:you|u|ya)(?: (?:later|soon|again))?|take care|good ?night`,
  String.raw`(?:and )?(?:have|enjoy) (?:a |an |your )?(?:nice|great|good|lovely|wonderful|awesome|amazing|fantastic|pleasant|blessed|rest of (?:the|your)) ?(?:day|evening|night|week|weekend|one|time|afternoon)(?: (?:ahead|too|to you|for you|as well|also|${BEARERS}))*`,
  String.raw`(?:auf wiedersehen|tschuss|tschau|ciao|schon(?:en|es) (?:tag|abend|wochenende|feierabend)(?: noch| ihnen| dir)*|bis bald|au revoir|a bientot|bonne (?:journee|soiree)(?: a vous)?|adios|hasta luego|que (?:tengas?|tengan?) (?:un )?buen dia|tchau|ate logo|tenha um (?:bom|otimo) dia)`,
];

/** The customer says that it is solved (R3): as good as a thank-you. */
const SOLVED = [
  String.raw`(?:it|that|this|everything|all)(?:'s| is| has| was)? ?(?:now )?(?:worked|works|working|been solved|been fixed|solved|fixed|resolved|sorted|sorted out|good|fine|clear)(?: (?:now|again|perfectly|fine|great|for me|out))*`,
  String.raw`(?:that|this|it) (?:did the trick|did it|helped(?: (?:me|a lot|me a lot))?|solved (?:it|my (?:problem|issue))|fixed it|answers my question|was (?:very |really )?helpful)`,
  String.raw`(?:my |the )?(?:problem|issue) (?:is |has been |was )?(?:solved|resolved|fixed)`,
  String.raw`i(?:'ve| have)? (?:found it|got it|figured it out|solved it)(?: now)?|got it`,
  String.raw`all (?:good|set|done|clear)(?: now)?|no further questions`,
  String.raw`(?:das |es |jetzt |nun )*(?:hat (?:super |gut |prima |jetzt )?(?:geklappt|funktioniert|geholfen)|funktioniert|klappt|geht)(?: (?:jetzt|nun|wieder|alles|super|gut|prima|einwandfrei))*`,
  String.raw`(?:das |mein |die |meine )?(?:problem|frage|sache) (?:ist |hat sich )?(?:jetzt )?(?:gelost|erledigt|geklart|beantwortet)`,
  String.raw`(?:hat sich|ist) erledigt|alles (?:klar|gut|bestens|erledigt)|erledigt`,
  String.raw`(?:ca|cela|c'est|tout|tout est|le probleme est|mon probleme est) (?:marche|fonctionne|regle|resolu|bon|parfait|ok|en ordre|rentre dans l'ordre)(?: (?:maintenant|bien|parfaitement))*`,
  String.raw`probleme (?:resolu|regle)`,
  String.raw`(?:ya |todo )*(?:funciono|funciona|esta (?:solucionado|resuelto|arreglado|bien|claro))(?: (?:ya|ahora|bien|perfectamente))*`,
  String.raw`problema (?:solucionado|resuelto)|todo (?:bien|correcto|claro|perfecto)`,
  String.raw`(?:ja |agora |tudo )*(?:funcionou|funciona|esta (?:resolvido|a funcionar|funcionando|certo)|deu certo|resolvido)(?: (?:agora|bem|perfeitamente))*`,
  String.raw`problema resolvido|tudo (?:certo|bem|ok)`,
];

/** These answer something: beside thanks, and after our own words that ask for nothing, they close. */
const CONFIRMS = [
  String.raw`(?:ok|okay|okey|k|ook|alright|yes|yep|yeah|ya|sure|fine|hm+|no|ja|nein|oui|non|d'accord|vale|si|sim|nao)`,
  String.raw`(?:no |well )?(?:that'?s|that is|that was|that will be|that'll be|thats gonna be) (?:it|all|everything)(?: (?:i need(?:ed)?|i wanted|the help i need(?:ed)?|for (?:now|today)|from me|my quer(?:y|ies)|then))*`,
  String.raw`(?:no )?(?:nothing (?:else|more)|no (?:more|other|further) (?:help|questions?|issues?|queries)(?: needed)?)(?: (?:for now|right now|today|thanks))*`,
  String.raw`i(?:'m| am) (?:very |so |really )?(?:happy|satisfied|glad)(?: (?:now|with (?:it|that|your (?:service|help|assistance))))*`,
];

/** What may stand beside them: greetings, approval, small talk, sign-offs. */
const BESIDE = [
  String.raw`(?:same to you|you too|you as well|good day to you)(?: ${BEARERS})*`,
  String.raw`(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:morgen|tag|abend)|moin|servus|gruss gott|liebe[sr]?|bonjour|bonsoir|salut|hola|buen(?:os|as) (?:dias|tardes|noches)|ola|bom dia|boa (?:tarde|noite))(?: (?:there|team|all|everyone|support|zusammen|a tous|equipo|equipe|a todos))*`,
  String.raw`(?:have a (?:nice|great|good|lovely|wonderful) (?:day|weekend|evening|week|one)|you too|same to you|all the best|take care|(?:best|kind|warm|kindest) (?:regards|wishes)|best|regards|sincerely|yours(?: (?:sincerely|truly|faithfully))?|bye)`,
  String.raw`(?:(?:mit )?(?:freundlichen?|besten?|lieben?|herzlichen?|viele|liebe|beste|schone) (?:gruss(?:en|e)?|gruessen?)|mfg|lg|vg|einen schonen (?:tag|abend)(?: noch)?|schon(?:en|es) (?:tag|wochenende|abend)(?: noch)?|gruss|grusse)`,
  String.raw`(?:bien |tres )?(?:cordialement|a vous)`,
  String.raw`bonne (?:journee|soiree|continuation|fin de (?:journee|semaine))|bon week-?end|salutations`,
  String.raw`(?:un )?(?:cordial )?salud(?:o|os)(?: cordial(?:es)?)?|que teng(?:a|an) (?:un )?buen dia`,
  String.raw`buen(?: dia| fin de semana)|(?:com os )?(?:melhores )?cumprimentos|(?:um )?abraco|atenciosamente`,
  String.raw`tenha um bom dia|bom fim de semana`,
  String.raw`(?:great|perfect|awesome|excellent|wonderful|brilliant|fantastic|amazing|lovely|super|superb|nice|cool|oh+|ah+|wow|good|so|and|now|very|really|much|well|then|for now|indeed|sir|madam|good job|great (?:service|support|help)|very (?:helpful|kind)|(?:that|it)'?s (?:great|perfect|all|fine|okay|ok|good|awesome|very kind|good to know)|you(?:'re| are) (?:the best|great|awesome|a star|a life ?saver))`,
  String.raw`(?:perfekt|prima|toll|klasse|wunderbar|ausgezeichnet|sehr (?:gut|nett|hilfreich|freundlich)|gut|und|genial|hervorragend|das (?:ist|war) (?:sehr )?(?:nett|super|toll|lieb|perfekt|hilfreich|alles)|parfait|genial|excellent|et|tres bien|c'est (?:parfait|super|tres gentil|note|gentil)|perfecto|genial|excelente|y|muy (?:bien|amable)|estupendo|perfeito|otimo|excelente|e|muito (?:bom|bem))`,
];

const alternatives = (sources: readonly string[]) =>
  new RegExp(String.raw`(?<![\w'])(?:${sources.map((source) => `(?:${source})`).join('|')})(?![\w'])`, 'g');
const ESSENTIAL = alternatives([...THANKS, ...CLOSINGS, ...SOLVED]);
const SAYS_THANKS = alternatives([...THANKS, ...SOLVED]);
/** A greeting and a wish alone open a conversation as often as they close it. */
const OPENS =
  /^(?:very )?(?:hi|hello|hey|hai|good (?:morning|afternoon|evening)|guten (?:morgen|tag|abend)|hallo|bonjour|hola|ola|bom dia)(?![\w'])/;
const SURELY_BESIDE = alternatives([...THANKS, ...CLOSINGS, ...SOLVED, ...BESIDE]);
const ACCEPTED = alternatives([...THANKS, ...CLOSINGS, ...SOLVED, ...CONFIRMS, ...BESIDE]);
/** What we ask at the end of an answer; "no, that's all, thanks" is then no decision. */
const ANYTHING_ELSE =
  /anything else|any (?:other|more|further) (?:questions?|help)|further (?:help|questions?|assistance)|does (?:this|that) (?:help|answer)|(?:did|has) (?:this|that) (?:help|solve|work)|weitere fragen|sonst noch|noch etwas|geholfen|autre (?:chose|question)|d'autres questions|algo mas|otra (?:cosa|pregunta)|mais alguma|algo mais|outra (?:coisa|duvida|pergunta)/;
const SIGN_OFF =
  /(?:regards|wishes|best|cheers|sincerely|thanks|thank you|grusse?n?|gruss|mfg|lg|vg|danke|cordialement|merci|saludos?|gracias|cumprimentos|abraco|atenciosamente|obrigad[oa])[,.! ]*$/;
const GREETING = /^(?:hi|hello|hey|dear|hallo|liebe[rs]?|bonjour|salut|hola|ola|querid[oa]|cher|chere)\b/;
/** A word that is written like a name: "Anna", "O'Neill", "Smith-Jones", "J." */
const NAME = /^\p{Lu}[\p{L}'’-]{0,19}\.?$/u;
/** "Thanks Anna!"; German writes every noun like a name, so "Danke, Rechnung" is left as it is. */
const THANKS_AND_NAME =
  /^((?:[Mm]any )?[Tt]hanks|[Tt]hank you|[Mm]erci|[Gg]racias|[Oo]brigad[oa]),? \p{Lu}[\p{Ll}'’-]+(?=[.!,]|$)/u;
const MAX_LENGTH = 400;
const MAX_BEFORE = 5_000;
const MAX_NAME_WORDS = 3;

/**
 * Whether a message only says thanks, goodbye, or that all is well, and asks for nothing. Very sure, or no.
 * @param options.before our last public message before it, null without one: "ok, thanks" and "no, that's all, thanks"
 *   close after an answer, but accept or decide something after a question of ours, or out of nowhere
 */
export function isThanksOnly(text: string, { before = null }: { before?: string | null } = {}): boolean {
  const shown = visible(text).trim();
  if (shown === '' || shown.length > MAX_LENGTH || /[?¿\p{N}]|https?:|@/u.test(shown)) return false;
  if (isGladReaction(shown)) return true;
  const lines = withoutNames(
    shown
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
  const plain = folded(lines.join(' \n ').replace(GLAD_SIGN, ' '));
  const grateful = plain.search(ESSENTIAL) !== -1 || (shown.match(GLAD_SIGN) ?? []).length > 0;
  if (OPENS.test(plain) && plain.search(SAYS_THANKS) === -1) return false;
  const accepted = before !== null && !asksBack(before) ? ACCEPTED : SURELY_BESIDE;
  return grateful && !/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(plain.replace(accepted, ' '));
}

function asksBack(text: string): boolean {
  return sentences(text.slice(0, MAX_BEFORE)).some(
    (sentence) => /[?？]/u.test(sentence) && !ANYTHING_ELSE.test(folded(sentence)),
  );
}

/** Whether a sentence is only politeness: a greeting, thanks, a sign-off. It asks nothing and says nothing. */
export function isPleasantry(sentence: string): boolean {
  return sentence.length <= MAX_LENGTH && !/[\p{L}\p{N}]/u.test(folded(sentence).replace(ACCEPTED, ' '));
}

/** Takes out names where names stand: after a greeting, after "thanks", and below the sign-off. */
function withoutNames(lines: readonly string[]): string[] {
  return lines.map((line, index) => {
    const previous = lines[index - 1];
    const last = index === lines.length - 1;
    if (last && previous !== undefined && isSignature(previous, line)) return '';
    if (GREETING.test(folded(line)))
      return line.replace(/^(\p{L}+) (\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)?)(?=[,.!]|$)/u, '$1');
    return line.replace(THANKS_AND_NAME, '$1');
  });
}

/** Whether a line is the name below a sign-off. */
export function isSignature(lineBefore: string, line: string): boolean {
  return SIGN_OFF.test(folded(lineBefore)) && isName(line);
}

function isName(line: string): boolean {
  const parts = line.split(/\s+/);
  return parts.length <= MAX_NAME_WORDS && parts.every((part) => NAME.test(part));
}
