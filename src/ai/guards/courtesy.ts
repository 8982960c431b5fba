import { folded } from '../reading/text.ts';
import { inFull } from './statements.ts';

const GREETING =
  /^(?:(?:hello|hi|hey)(?: there)?|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|moin|servus|gruss gott|bonjour|bonsoir|salut|chere?|hola|buenos dias|buenas (?:tardes|noches)|estimad[oa]|ola|bom dia|boa (?:tarde|noite)|prezad[oa]|car[oa]|ciao|salve|buongiorno|buonasera|gentile|beste|goedendag|goede(?:morgen|middag|navond)|dag|geachte|dzien dobry|czesc|witam|szanown[ya]) ?/;
const TITLES =
  /^(?:mr|mrs|ms|dr|prof|sir|madam|customer|herr|frau|damen|herren|kundin|kunde|monsieur|madame|mesdames|messieurs|m|mme|cliente?|klant|senora?|senor(?:es)?|sr|sra|signora?|sig|meneer|mevrouw|heer|panie?|panstwo|and|or|und|oder|et|e|y|o|ou|of|en|i)\.?$/;

const TITLE_STOP = /(?<=\s(?:mr|mrs|ms|dr|prof|sr|sra|sig|m))\./giu;

/** What a reply may say that no source holds: each pattern is a whole clause of a sentence, folded. */
const CLAUSES: Readonly<Record<string, readonly string[]>> = {
  en: [
    String.raw`(?:many )?(?:thanks|thank you)(?: so| very| a)?(?: much| lot)?(?: again)?(?: for (?:your |the )?(?:kind )?(?:message|mail|e-?mail|question|questions|enquiry|inquiry|request|note|reply|patience|interest|understanding|feedback|order|reaching out|getting in touch|contacting us|writing(?: to us)?|asking|letting us know|waiting|bearing with us))?(?: to us)?`,
    String.raw`(?:(?:i|we)(?: am| are)? )?(?:very |really |so )?(?:sorry|apologi[sz]e|understand|appreciate)(?: (?:for|about) (?:the|any|this|your) (?:inconvenience|trouble|delay|confusion|frustration|wait|mix-up)(?: caused)?| to hear (?:that|this|(?:about |of )?(?:this|that|the (?:trouble|delay|inconvenience|problem)))| your (?:patience|concern|frustration|question|message))?`,
    String.raw`(?:(?:i|we)(?: am| are)? )?(?:very |always )?(?:happy|glad|pleased) (?:to (?:help|assist)(?: you)?(?: with (?:this|that))?(?: further)?)`,
    String.raw`(?:i|we|this|that) hopes? (?:this|that|it) (?:helps|answers your questions?)`,
    String.raw`(?:i )?hope (?:this|that) helps`,
    String.raw`(?:you are )?(?:very |most )?welcome`,
    String.raw`(?:if|should|in case) (?:you (?:have|need)|there (?:is|are)|anything(?: else)? is)(?: got)?(?: any| some)?(?: more| other| further| additional| anything else| still)?(?: questions?| help| assistance| unclear| open)?(?: left)?(?: (?:about|on|with) (?:this|that|it))?`,
    String.raw`(?:please |just |so )?(?:feel free to |(?:do not|never) hesitate to |simply |just )?(?:let (?:me|us) know|get (?:back to|in touch with) (?:me|us)|contact (?:me|us)(?: again)?|reach out(?: to (?:me|us))?(?: again)?|ask(?: (?:me|us))?|write(?: back)?(?: to (?:me|us))?|reply(?: to (?:this|us)(?: (?:message|mail|e-?mail))?)?)(?: again)?(?: (?:any ?time|if (?:you (?:have|need) (?:any |anything )?(?:more |else|further |other |additional )?(?:questions?|help|assistance)?|(?:anything|something) (?:else )?is (?:unclear|open))|(?:and|so) (?:i|we) (?:will|can)(?: gladly| be happy to)? help(?: you)?(?: (?:further|again))?))?`,
    String.raw`(?:i|we)(?: am| are| will be)? (?:always )?(?:here )?(?:to|happy to|glad to|can|will)?(?: gladly)? ?help(?: you)?(?: further| again| any ?time)?`,
    String.raw`(?:is there|was there) anything else (?:i|we) can (?:help|do|assist)(?: you)?(?: with| for you)?`,
    String.raw`(?:have|enjoy) a (?:great|nice|good|lovely|wonderful|pleasant) (?:day|evening|weekend|week|one)`,
    String.raw`(?:kind|best|warm|warmest|many)? ?regards|(?:yours )?(?:sincerely|faithfully|truly)|best wishes|cheers|all the best|take care|(?:your |the )?(?:customer )?(?:support|service|care|help)? ?team`,
    String.raw`(?:great|good) question|here (?:is|are) (?:the answers?|what (?:i|we) (?:found|know|have found))(?: (?:to|for|on) (?:your|that) questions?)?|about your (?:question|message)`,
  ],
  de: [
    String.raw`(?:vielen|herzlichen|besten|danke|lieben)?(?: dank| schon| sehr)?(?: fur (?:ihre|deine|die|eure) (?:nachricht|anfrage|frage|fragen|mail|e-?mail|geduld|bestellung|ruckmeldung|antwort|interesse|verstandnis)| fur ihr (?:verstandnis|interesse)| fur dein (?:verstandnis|interesse)| dass (?:sie|du) uns (?:schreiben|schreibst|kontaktieren))`,
    String.raw`(?:vielen|herzlichen|besten) dank(?: (?:im voraus|nochmals))?|danke(?: (?:schon|sehr|ihnen|dir))?|gern(?:e)? geschehen`,
    String.raw`(?:es tut (?:uns|mir)(?: sehr)? leid|(?:wir|ich) (?:entschuldigen uns|bitten um entschuldigung|entschuldige mich|bedauern das|verstehen? (?:ihren|deinen) arger))(?: (?:fur|wegen) (?:die|der|den|das) (?:unannehmlichkeiten|umstande|verzogerung|arger|verwirrung))?`,
    String.raw`(?:bei|falls (?:sie|du)|wenn (?:sie|du)|sollten sie|solltest du|haben sie|hast du|fur)(?: noch)?(?: weitere[nr]?)?(?: noch)? (?:fragen|ruckfragen|hilfe)(?: (?:haben|hast|brauchen|brauchst|zur verfugung))?`,
    String.raw`(?:ist|falls|wenn)(?: noch)? etwas (?:offen|unklar)(?: ist| sein sollte)?`,
    String.raw`(?:dann )?(?:melden sie sich|melde dich|schreiben sie uns|schreib uns|antworten sie|antworte|wenden sie sich|kontaktieren sie uns|sagen sie uns bescheid|sag uns bescheid)(?: bitte| einfach| gern(?:e)?| jederzeit| wieder| an uns| bei uns| auf diese (?:nachricht|mail|e-?mail))*`,
    String.raw`(?:gern(?:e)? )?(?:(?:wir|ich) )?(?:helfen|helfe|stehen|stehe|sind|bin|freuen uns|hoffe|hoffen)(?: (?:wir|ich|ihnen|dir|gern(?:e)?|weiter|jederzeit|zur verfugung|fur sie da|fur dich da|das hilft(?: ihnen| dir)?|auf ihre (?:antwort|ruckmeldung)))*|(?:das|dies) (?:hilft|beantwortet)(?: (?:ihnen|dir|ihre|deine|frage|weiter))+`,
    String.raw`(?:kann|konnen) (?:ich|wir) (?:ihnen|dir)(?: sonst)?(?: noch)? (?:weiter)?(?:bei etwas |mit etwas )?(?:helfen|behilflich sein)`,
    String.raw`(?:mit )?(?:freundliche[nm]?|beste[nm]?|liebe[nm]?|viele|herzliche[nm]?|schone) gru(?:sse[n]?|ss)|(?:einen )?schonen (?:tag|abend)(?: noch)?|(?:ein )?schones wochenende|(?:ihr|dein|euer)? ?(?:kunden(?:service|dienst)|support)? ?-?team|zu (?:ihrer|deiner) frage|hier (?:ist|sind|finden sie|findest du) (?:die|eine) antworten? (?:auf|zu) (?:ihre|deine|ihrer|deiner) frage`,
  ],
  fr: [
    String.raw`(?:un grand |tous nos )?(?:merci|remerciements?|nous vous remercions|je vous remercie)(?: beaucoup| bien)?(?: (?:pour|de|d')(?: votre| vos| l')? ?(?:message|question|questions|demande|mail|e-?mail|courriel|patience|interet|comprehension|commande|retour|reponse|nous avoir (?:contactes?|ecrit)))?`,
    String.raw`(?:nous sommes|je suis)(?: sincerement| vraiment)? (?:desoles?|navres?)(?: (?:pour|de) (?:la gene|le desagrement|les desagrements|ce desagrement|ce retard|cette situation)(?: occasionnee?s?)?)?|(?:veuillez|nous vous prions de) (?:nous )?excuser(?: (?:pour|de) (?:la gene|ce retard|ce desagrement))?`,
    String.raw`(?:si vous avez|pour|en cas de|avez-vous)(?: d'autres| toute| toutes| une| des| autre)*(?: questions?| question supplementaire| aide| besoin d'aide)(?: supplementaires?)?`,
    String.raw`(?:n'hesitez pas(?: a (?:nous (?:ecrire|contacter|recontacter|le dire|repondre|solliciter)|revenir vers nous|repondre a ce message))?|(?:ecrivez|contactez|repondez|dites)-(?:nous|le nous)|repondez(?: simplement)? a ce message)(?: a nouveau)?`,
    String.raw`(?:nous restons|je reste|nous sommes) (?:a votre (?:entiere )?disposition|la pour vous aider)|(?:puis-je|pouvons-nous) vous aider (?:davantage|pour autre chose)|(?:nous esperons|j'espere) que (?:cela|ceci|cette reponse) vous aide(?:ra)?|je vous en prie`,
    String.raw`(?:bien )?cordialement|(?:sinceres |meilleures |bien a vous |cordiales )?salutations|bien a vous|(?:bonne|belle|excellente) (?:journee|soiree|fin de journee|semaine)|(?:l'|votre )?equipe(?: (?:support|du support|du service client|service client))?`,
  ],
  es: [
    String.raw`(?:muchas |mil )?gracias(?: (?:por (?:su|tu|el|la|sus|tus)? ?(?:mensaje|pregunta|consulta|correo|paciencia|interes|comprension|pedido|respuesta|contactarnos|contactar(?: con nosotros)?|escribirnos|ponerse en contacto(?: con nosotros)?)|de nuevo))?`,
    String.raw`(?:lo sentimos|lo siento|lamentamos|sentimos|disculpe|disculpa|disculpas|le pedimos disculpas|rogamos disculpe)(?: mucho)?(?: (?:por )?(?:las|los|la|el) (?:molestias|inconvenientes|demora|retraso)(?: (?:ocasionad[oa]s|causad[oa]s))?)?`,
    String.raw`(?:si (?:tiene|tienes|necesita|necesitas)|para|ante)(?: cualquier| alguna| mas| otra| otras| algo)*(?: preguntas?| dudas?| consultas?| ayuda| mas)?(?: adicional(?:es)?)?`,
    String.raw`(?:no (?:dude|dudes) en (?:contactarnos|contactar con nosotros|escribirnos|responder(?: a este (?:mensaje|correo))?|avisarnos|decirnoslo)|(?:escribanos|escribenos|contactenos|contactanos|responda|responde|avisenos|avisanos)(?: (?:a este (?:mensaje|correo)|de nuevo|cuando (?:quiera|quieras)))*)`,
    String.raw`(?:estamos|estoy|quedamos|quedo)(?: (?:aqui|encantad[oa]s? de|a su (?:entera )?disposicion|a tu disposicion|para|ayudar(?:le|te)|atent[oa]s?))+|(?:puedo|podemos) ayudar(?:le|te) (?:en algo mas|con algo mas)|(?:esperamos|espero) que (?:esto |le |te )*(?:ayude|sirva)|de nada`,
    String.raw`(?:un )?(?:cordial(?:es)? )?saludos?(?: cordial(?:es)?)?|atentamente|que tenga un (?:buen|excelente) dia|(?:buen|feliz) dia|(?:el |su |tu )?equipo(?: de (?:soporte|atencion al cliente))?`,
  ],
  pt: [
    String.raw`(?:muito |muit[oa]s )?(?:obrigad[oa]s?|agradecemos|agradeco)(?: (?:por|pel[oa]|o|a)(?: (?:su|seu|sua|tua|teu|o|a))? ?(?:mensagem|pergunta|contato|contacto|e-?mail|paciencia|interesse|compreensao|pedido|resposta|entrar em (?:contato|contacto)|nos (?:contatar|contactar|escrever)))?`,
    String.raw`(?:lamentamos|sentimos muito|pedimos desculpas?|peco desculpas?|desculpe)(?: (?:pel[oa]s?|por) (?:transtornos?|inconvenientes?|incomodos?|demora|atraso)(?: causad[oa]s?)?)?`,
    String.raw`(?:se (?:tiver|precisar|precisares|tiveres)|caso (?:tenha|precise)|para)(?: de)?(?: mais| outra| outras| alguma| qualquer| algo)*(?: perguntas?| duvidas?| questoes| questao| ajuda)?(?: adicional| adicionais)?`,
    String.raw`(?:nao hesite em (?:nos )?(?:contatar|contactar|escrever|responder|perguntar|contatar-nos|contactar-nos|escrever-nos|entrar em (?:contato|contacto))(?: conosco| connosco)?|(?:escreva-nos|contate-nos|contacte-nos|responda|basta responder|fale conosco|avise-nos)(?: (?:a (?:esta|este) (?:mensagem|e-?mail)|novamente))*)`,
    String.raw`(?:estamos|estou|ficamos|fico)(?: (?:aqui|a disposicao|a sua disposicao|ao dispor|para|ajudar|ajuda-l[oa]|felizes em))+|(?:posso|podemos) (?:ajudar|ajuda-l[oa]) (?:em|com) mais alguma coisa|(?:esperamos|espero) (?:ter ajudado|que (?:isto|isso) (?:ajude|ajuda))|de nada|por nada`,
    String.raw`(?:com os melhores )?cumprimentos|atenciosamente|(?:um )?abracos?|(?:tenha um )?(?:bom|otimo|excelente) dia|(?:a |sua )?equipa?e?(?: de (?:suporte|apoio|atendimento)(?: ao cliente)?)?`,
  ],
  it: [
    String.raw`(?:molte |tante |mille )?grazie(?: mille| molte)?(?: (?:per|di)(?: (?:il|la|l'|averci|avere|aver))? ?(?:suo |sua |tuo |tua )?(?:messaggio|domanda|richiesta|mail|e-?mail|pazienza|interesse|comprensione|ordine|risposta|contattat[oi]|scritto))?`,
    String.raw`(?:ci dispiace|mi dispiace|ci scusiamo|mi scuso)(?: (?:molto|davvero))?(?: per (?:il|l'|la|i|gli) ?(?:disagio|disagi|inconveniente|inconvenienti|ritardo|disguido))?`,
    String.raw`(?:se (?:ha|hai|avesse|avessi|ha bisogno|hai bisogno)|per|in caso di)(?: di)?(?: altre| ulteriori| qualsiasi| qualche| altro)*(?: domande| domanda| dubbi| dubbio| aiuto| assistenza| necessita)?`,
    String.raw`(?:non (?:esiti|esitare) a (?:contattarci|scriverci|rispondere|chiedere)|(?:ci (?:scriva|contatti)|scrivici|contattaci|risponda|rispondi|basta rispondere)(?: (?:a (?:questo|questa) (?:messaggio|mail|e-?mail)|di nuovo|pure))*)`,
    String.raw`(?:siamo|sono|restiamo|resto)(?: (?:qui|a (?:sua|tua|vostra) (?:completa )?disposizione|a disposizione|per|aiutar(?:la|ti|vi)|liet[oi] di))+|(?:posso|possiamo) (?:aiutarla|aiutarti|esserle d'aiuto) (?:in altro|con altro|in qualcos'altro)|(?:speriamo|spero) (?:che (?:questo|cio) (?:le sia|ti sia|sia) d'aiuto|di esserle stat[oi] d'aiuto)|prego`,
    String.raw`(?:cordiali |distinti )?saluti|cordialmente|(?:buona|le auguro una buona) (?:giornata|serata)|(?:il |l'|la )?(?:team|squadra)(?: (?:di (?:supporto|assistenza)))?|assistenza clienti`,
  ],
  nl: [
    String.raw`(?:hartelijk |heel erg |veel )?(?:dank(?: je| u)?(?: wel)?|bedankt|dankjewel|dankuwel)(?: (?:voor (?:je|uw|het|de) ?(?:bericht|vraag|vragen|mail|e-?mail|geduld|interesse|begrip|bestelling|reactie|contact)|dat (?:je|u) contact opneemt))?`,
    String.raw`(?:het spijt (?:ons|me|mij)|(?:onze|mijn) excuses|excuses)(?: (?:voor (?:het|de) (?:ongemak|vertraging|verwarring|overlast)))?`,
    String.raw`(?:als|mocht|heb|heeft|bij|voor)(?: (?:je|u))?(?: nog)?(?: meer| andere| verdere| overige)*(?: vragen| hulp)(?: (?:hebt|heeft|hebben|nodig(?: hebt| heeft)?|over))*`,
    String.raw`(?:laat het (?:ons|me)(?: gerust)?(?: even)? weten|neem(?: dan)?(?: gerust| even)? contact(?: met ons)? op|(?:mail|schrijf|antwoord|reageer)(?: (?:ons|gerust|dan|gewoon|op dit bericht|op deze (?:mail|e-?mail)))*)`,
    String.raw`(?:we|wij|ik)(?: (?:helpen|help|staan|sta|zijn|ben|horen|hoor|het|graag|je|u|verder|voor|klaar|er|hopen|hoop|dat|dit|helpt))+|kan ik (?:je|u)(?: nog)? (?:ergens )?(?:anders )?mee helpen|graag gedaan`,
    String.raw`(?:met )?(?:vriendelijke|hartelijke|beste) groet(?:en|jes)?|groetjes|(?:een )?(?:fijne|prettige) (?:dag|avond)(?: nog| verder)?|(?:het |ons )?(?:klantenservice|support)?-? ?team`,
  ],
  pl: [
    String.raw`(?:bardzo |serdecznie )?(?:dziekujemy|dziekuje|dzieki)(?: bardzo)?(?: za (?:wiadomosc|pytanie|pytania|zapytanie|kontakt|mail|maila|e-?mail|cierpliwosc|zainteresowanie|zrozumienie|zamowienie|odpowiedz))?`,
    String.raw`(?:przepraszamy|przepraszam|przykro (?:nam|mi))(?: za (?:niedogodnosci|utrudnienia|klopot|opoznienie|zamieszanie))?`,
    String.raw`(?:jesli|jezeli|gdyby|w razie|w przypadku)(?: (?:masz|maja|ma|maja panstwo|pojawia sie|pan|pani|panstwo|jakies|jakiekolwiek|dodatkowych|dodatkowe|dalsze|dalszych|wiecej|inne|pytania|pytan|watpliwosci|cos|jest|niejasne|pomocy))+`,
    String.raw`(?:prosimy o kontakt|prosze o kontakt|(?:prosimy|prosze) (?:napisac|odpisac|odpowiedziec|dac znac)|napisz|odpisz|daj znac)(?: (?:do nas|na (?:te|ta) wiadomosc|nam|ponownie|smialo))*`,
    String.raw`(?:chetnie (?:pomozemy|pomoge)|(?:jestesmy|jestem) do (?:dyspozycji|panstwa dyspozycji)|sluzymy pomoca|czy (?:mozemy|moge) (?:w czyms )?(?:jeszcze )?pomoc|mamy nadzieje ze to pomoze|nie ma za co)`,
    String.raw`(?:z )?(?:powazaniem|wyrazami szacunku)|pozdrawiamy?|(?:serdecznie )?pozdrawiam|(?:milego|dobrego) (?:dnia|wieczoru)|(?:nasz )?zespol(?: (?:obslugi klienta|wsparcia))?`,
  ],
};
const COURTESY: ReadonlyMap<string, RegExp> = new Map(
  Object.entries(CLAUSES).map(([language, clauses]) => {
    const clause = `(?:${clauses.join('|')})`;
    return [language, new RegExp(`^${clause}(?: ${clause})?$`)];
  }),
);
/** Nobody is polite for longer in one clause. */
const MAX_LENGTH = 200;

/**
 * Whether a sentence is nothing but courtesy in a language: a greeting by name, thanks, regret, an offer of help, a farewell.
 * In any of the eight where the language is none of them, or not known.
 */
export function isCourtesy(sentence: string, language: string | null): boolean {
  if (/\d/.test(sentence)) return false;
  const parts = sentence
    .replace(TITLE_STOP, '')
    .split(/[,;:!¡?¿.…–—|]+|\s-\s/)
    .map((part) => part.trim());
  return parts.every((part) => part === '' || !/[\p{L}\p{N}]/u.test(part) || isPart(part, language));
}

function isPart(part: string, language: string | null): boolean {
  const own = COURTESY.get(language ?? '');
  const plain = inFull(part).replace(/^(?:and|und|et|y|e|en|oraz|i|so|also|then) /, '');
  return (
    plain.length <= MAX_LENGTH &&
    ((own === undefined ? [...COURTESY.values()] : [own]).some((pattern) => pattern.test(plain)) ||
      isGreeting(part, plain))
  );
}

/** At most three words behind a greeting, each written as a name is. */
function isGreeting(part: string, plain: string): boolean {
  const greeting = GREETING.exec(plain)?.[0].trim() ?? '';
  const names = part.split(/\s+/).slice(greeting === '' ? 0 : greeting.split(' ').length);
  if (greeting === '' && !names.every((name) => TITLES.test(folded(name)))) return false;
  return names.length <= 3 && names.every((name) => /^\p{Lu}[\p{L}'’-]*$/u.test(name) || TITLES.test(folded(name)));
}
