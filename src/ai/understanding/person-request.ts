import { folded, words } from '../reading/text.ts';

/**
 * Explicit asks for a person (H1 `user_requested_human_assistance`), in English, German, French, Spanish and Portuguese.
 * Phrases, never single words inside a sentence: "your agent told me" and "how do I add an agent" ask for nobody.
 * All patterns are matched against folded text: lower case, no accents.
 */

const END = String.raw`(?=\s*(?:$|[.,;:!?"')]|-\s|please\b|pls\b|now\b|asap\b|to\b|who\b|from\b|instead\b|right\b|and\b|not\b))`;
const few = (most: number) => String.raw`(?:[\w'-]+ ){0,${most}}`;

const EN_KIND = String.raw`(?:real|live|actual|human|proper|living)`;
const EN_PERSON = String.raw`(?:${EN_KIND} )*(?:human(?: being)?|person|people|someone|somebody|anyone|anybody|agent|representative|rep|operator|advis[eo]r|supervisor|manager|employee|colleague|specialist|(?:staff|team) member|(?:support|service|sales) (?:agent|person|team|staff|rep)|customer (?:service|support|care)|member of (?:the |your )?(?:team|staff)|one of your (?:team|staff|people|colleagues|agents))`;
const EN = [
  String.raw`(?<!\bdo i (?:need|have) to |\bhave to |\bnot (?:want|need|wish|like) to |\bdon'?t (?:want|need|wish|have) to |\bwithout having to |\bpeople |\bthey )(?:talk|speak|chat) (?:(?:directly|right now|now) )?(?:to|with) (?:an? |the |your |some |any |another )?${EN_PERSON}(?![-\w])`,
  String.raw`(?:connect|transfer|pass|forward|hand|put|escalate|refer) (?:me|us|this|my \w+) (?:through |on |over )?(?:to|with) (?:an? |the |your |some )?${EN_PERSON}(?![-\w])`,
  String.raw`(?:get|give|let me have|find) me (?:an? |the |your |some )?${EN_PERSON}${END}`,
  String.raw`(?:i (?:just )?(?:want|need|demand|prefer|insist on)|i(?:'d| would) (?:like|prefer|rather have)|can i (?:please )?(?:get|have)|could i (?:please )?(?:get|have)|may i have|give me) (?:an? |the |some )?(?:${EN_KIND} )*(?:human(?: being)?|${EN_KIND} (?:person|agent|representative|rep|operator|support|help|advis[eo]r)|representative|operator|supervisor|person)${END}`,
  String.raw`(?:don'?t want|do not want|stop giving me|no more|enough of|tired of|not interested in)(?: to (?:talk|speak|chat|write) (?:to|with))? (?:an? |this |your |these |the |talking to (?:an? |this |your )?)?(?:stupid |damn )?(?:bots?|robots?|chat ?bots?|machines?|computers?|ai|automated (?:answers?|repl(?:y|ies)|responses?))\b`,
  String.raw`(?:please|can|could|would|will) (?:you |someone |somebody |anyone |an agent |a person )?(?:please )?(?:call|phone|ring) me\b(?! (?:a|an|by|when|mr|ms|mrs)\b)`,
  String.raw`(?:please |i want (?:you )?to |i(?:'d| would) like (?:you )?to )escalate (?:this|it|my|the)\b`,
  String.raw`(?:is there|are there) (?:an? |any |some )?${EN_KIND} (?:person|people|human|agent)s?(?: being)?(?: there| here| i can| to talk)`,
];

const DE_PERSON = String.raw`(?:mitarbeiter(?:n|in|innen)?|mensch(?:en)?|person(?:en)?|berater(?:in|n)?|kundenberater(?:in|n)?|kundendienst(?:ler)?|kundenservice|kundenbetreuer(?:in|n)?|support(?:-?mitarbeiter(?:in|n)?|-?team)?|service-?mitarbeiter(?:in|n)?|sachbearbeiter(?:in|n)?|ansprechpartner(?:in|n)?|jemand(?:em|en)?|agent(?:en)?|vorgesetzten?|chef|filialleiter|kolleg(?:en|in|e)|team)`;
const DE = [
  String.raw`(?<!\bnicht |\bmuss ich )mit ${few(3)}${DE_PERSON} ${few(4)}(?:sprechen|reden|telefonieren|chatten|schreiben|verbinden|verbunden|unterhalten)\b`,
  String.raw`(?:sprechen|reden|telefonieren|verbinden|chatten) ${few(4)}mit ${few(3)}${DE_PERSON}\b`,
  String.raw`(?:an|zu) (?:einen?|einer|einem|ihren?|ihrem|den|die|das) ${few(2)}${DE_PERSON} ${few(2)}(?:weiterleiten|weitergeleitet|weitergeben|durchstellen|ubergeben|verbinden|verbunden)\b`,
  String.raw`(?:leiten|geben|stellen) sie ${few(4)}(?:an|zu) (?:einen?|einer|einem) ${few(2)}${DE_PERSON}\b`,
  String.raw`ich (?:will|mochte|moechte|brauche|verlange|hatte gern[e]?|haette gern[e]?|wunsche|wuensche) (?:bitte |jetzt |sofort |endlich )*(?:einen?|den|die) (?:(?:echten?|richtigen?|realen?|menschlichen?|personlichen?|persoenlichen?) (?:menschen|person|mitarbeiter(?:in)?|ansprechpartner(?:in)?|berater(?:in)?|kontakt)|menschen|mitarbeiter(?:in)?|ansprechpartner(?:in)?|sachbearbeiter(?:in)?)(?=\s*(?:$|[.,;!?]|sprechen|bitte|haben|der\b|die\b))`,
  String.raw`(?:nicht|keine?n?)(?: mehr)?(?: mit)? (?:einem |einer |einen |dem |diesem )?(?:bot|roboter|chatbot|maschine|ki|computer|automaten)\b ${few(2)}(?:sprechen|reden|schreiben|chatten|zu tun|mehr)\b`,
  String.raw`(?:rufen sie|ruf|ruft|konnen sie|koennen sie|kann|konnte|koennte)(?: mich)?(?: bitte| jemand| mal)*(?: mich)?(?: bitte| mal)* (?:an(?=\s*(?:$|[.,;!?]|unter))|zuruck(?=\s*(?:$|[.,;!?]|rufen))|zurueck(?=\s*(?:$|[.,;!?]|rufen))|anrufen|zuruckrufen|zurueckrufen)`,
  String.raw`(?:bitte|ersuche|wunsche|mochte|moechte|hatte gern[e]?|haette gern[e]?)(?: ich)?(?: sie)?(?: um)?(?: einen| dringend um)? (?:einen )?(?:ruckruf|rueckruf)\b`,
];

const FR_PERSON = String.raw`(?:conseill(?:er|ere)|humain|humaine|etre humain|personne|quelqu'un|agent|operateur|operatrice|responsable|teleconseiller|collaborateur|employee?|superieur|technicien|service client(?:ele)?|equipe)`;
const FR = [
  String.raw`(?<!\bne (?:veux|souhaite|voudrais|desire) pas |\bpas besoin de )(?:parler|discuter|echanger|communiquer|chatter|dialoguer|m'entretenir) ${few(2)}(?:a|avec|au) ${few(3)}${FR_PERSON}\b`,
  String.raw`(?:mettre|mis|mise|mettez|entrer|etre)(?:-moi)? ${few(2)}en (?:relation|contact|communication) ${few(1)}avec ${few(3)}${FR_PERSON}\b`,
  String.raw`(?:passez|passer|transferez|transferer|redirigez|rediriger|transmettre|transmettez)(?:-moi| moi|-le|-la)? ${few(3)}(?:un|une|a un|a une|vers un|vers une|le|la|votre|au) ${few(1)}${FR_PERSON}\b`,
  String.raw`je (?:veux|voudrais|souhaite|souhaiterais|demande|exige|prefere|desire) (?:avoir )?(?:un|une) (?:(?:vrai|vraie|veritable) )?(?:conseill(?:er|ere)|humain|etre humain|personne (?:reelle|humaine)|vraie personne|agent humain|operateur|interlocuteur|responsable)(?=\s*(?:$|[.,;!?]|svp|s'il|au |pour|qui|et))`,
  String.raw`(?:ne veux|ne souhaite|marre de|assez de|veux)(?: pas| plus)? parler (?:a|avec|d')(?: un| une| votre| ce)? (?:robot|bot|chatbot|machine|ordinateur|ia|intelligence artificielle)\b`,
  String.raw`(?:rappelez|appelez|telephonez)-? ?moi\b(?! que)`,
  String.raw`(?:pouvez|pourriez|quelqu'un peut|peut)(?:-vous)?(?: on)? (?:me|m') ?(?:rappeler|appeler|telephoner)(?=\s*(?:$|[.,;!?]|au \d|au telephone|par telephone|svp|s'il|des que|aujourd|demain|rapidement))`,
];

const ES_PERSON = String.raw`(?:agente|persona|humano|humana|ser humano|asesora?|operadora?|representante|alguien|empleado|empleada|encargado|encargada|supervisora?|responsable|ejecutivo|ejecutiva|gerente|tecnico|especialista|atencion al cliente|servicio al cliente|soporte)`;
const ES = [
  String.raw`(?<!\bno (?:quiero|necesito|deseo) )(?:hablar|chatear|comunicarme|comunicarnos|comunicarse|conversar|contactar|contactarme|platicar) ${few(1)}con ${few(3)}${ES_PERSON}\b`,
  String.raw`(?:pas(?:a|e|en|ar)me|pongame|poner(?:me)?|ponganme|transfier(?:a|an|e)(?:me|n)?|transferir(?:me)?|conect(?:a|e|en|ar)me|comuni(?:que|quen|ca|car)me|deriv(?:e|en|a|ar)me|escalar) ${few(3)}(?:con|a|en contacto con) ${few(3)}${ES_PERSON}\b`,
  String.raw`(?:quiero|necesito|exijo|prefiero|quisiera|me gustaria|deseo)(?: tener)? (?:a )?(?:un|una) (?:(?:agente|asesora?|operadora?|representante|persona) (?:humano|humana|real|de verdad)|ser humano|humano|persona real|operadora?|representante|supervisora?|asesora?)(?=\s*(?:$|[.,;!?]|por favor|que|para|ya|y\b))`,
  String.raw`(?:no quiero|no deseo|harto de|cansado de|cansada de)(?: seguir)? (?:hablar|hablando|chatear|tratar) ${few(1)}(?:con )?(?:un |una |este |su )?(?:bot|robot|chatbot|maquina|computadora|ordenador|ia)\b`,
  String.raw`(?:llam(?:e|en|a)me|por favor llam(?:e|en)me)\b(?! (?:la atencion|mucho))`,
  String.raw`(?:pueden?|podrian?|puede alguien|podria alguien) (?:por favor )?(?:llamarme|devolverme la llamada)`,
  String.raw`me (?:pueden?|podrian?) (?:llamar|devolver la llamada)`,
];

const PT_PERSON = String.raw`(?:atendente|pessoa|humano|humana|ser humano|agente|alguem|operadora?|funcionari[oa]|representante|gerente|supervisora?|responsavel|colaboradora?|assistente humano|consultora?|tecnico|especialista|suporte humano|atendimento humano|atendimento ao cliente|apoio ao cliente)`;
const PT = [
  String.raw`(?<!\bnao (?:quero|preciso|desejo) )(?:falar|conversar|contactar|contatar|comunicar|tratar) ${few(1)}(?:com|a) ${few(3)}${PT_PERSON}\b`,
  String.raw`(?:transfira|transfiram|transferir|transfere|encaminh(?:e|em|ar)|pass(?:e|em|ar)|coloqu?(?:e|em|ar)|conect(?:e|em|ar))(?:-me)? ${few(3)}(?:com|para|a|ao|em contacto com|em contato com) ${few(3)}${PT_PERSON}\b`,
  String.raw`(?:quero|preciso(?: de)?|exijo|prefiro|queria|gostaria de)(?: ter)? (?:um|uma|o) (?:(?:atendente|agente|assistente|operador|suporte|atendimento) (?:humano|humana|real|de verdade)|pessoa (?:real|de verdade|humana)|ser humano|humano|atendente|atendimento humano|operador|representante|supervisor)(?=\s*(?:$|[.,;!?]|por favor|que|para|ja\b|agora|e\b))`,
  String.raw`(?:nao quero|nao desejo|cansado de|cansada de|farto de|farta de)(?: mais)? (?:falar|conversar|tratar) ${few(1)}com (?:um |uma |este |esse |o |a )?(?:bot|robo|robot|chatbot|maquina|computador|ia)\b`,
  String.raw`me lig(?:uem|ue)\b|lig(?:uem|ue)-me\b`,
  String.raw`(?:podem|pode|poderiam|poderia|alguem pode) (?:por favor )?(?:me ligar|ligar-me|ligar para mim|me telefonar|telefonar-me)`,
];

const PATTERNS = [...EN, ...DE, ...FR, ...ES, ...PT].map((source) => new RegExp(String.raw`(?:^|[^\w])(?:${source})`));

/** Who writes more than this has long said what they want. */
const MAX_LENGTH = 20_000;

/** A message that is nothing but the word: "agent", "human please!". */
const BARE = new Set(
  'human agent person operator representative supervisor manager mensch mitarbeiter mitarbeiterin berater conseiller humain agente humano persona operador asesor atendente pessoa representante'.split(
    ' ',
  ),
);
const BARE_FILLERS = new Set(
  'a an real live please pls now bitte jetzt ein einen einem echter echten un une vrai vraie svp real por favor una um uma agora ya the human support help customer service'.split(
    ' ',
  ),
);

/** Whether a message asks for a person, in so many words. */
export function asksForPerson(text: string): boolean {
  const whole = folded(text.slice(0, MAX_LENGTH));
  return isBare(text) || PATTERNS.some((pattern) => pattern.test(whole));
}

function isBare(text: string): boolean {
  if (text.length > 100) return false;
  const all = words(folded(text));
  return all.some((word) => BARE.has(word)) && all.every((word) => BARE.has(word) || BARE_FILLERS.has(word));
}
