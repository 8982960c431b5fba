import type { Sentiment } from '../../domain/handoff.ts';
import { detectLanguage } from '../reading/language.ts';
import { polarityOf, THRESHOLD } from './polarity.ts';
import { isThanksOnly } from './thanks.ts';
import { folded, visible } from '../reading/text.ts';

/**
 * Anger and joy from word lists in English, German, French, Spanish and Portuguese. A list sees strong words and shouting,
 * not irony: what it does not see is neutral. Patterns are matched against folded text: lower case, no accents.
 */
const ANGRY = [
  String.raw`(?:un|in)acceptable|outrageous|disgusting|disgraceful|appalling|ridiculous(?! (?:easy|good|cheap))`,
  String.raw`furious|livid|infuriating|pathetic|scam(?:mers?)?|rip-?off|fed up|sick (?:and tired )?of|had enough`,
  String.raw`never again`,
  String.raw`(?:so |very |really |extremely )(?:angry|mad|frustrated|annoyed|upset)|frustrating|incompetent`,
  String.raw`absolute joke|(?:is|what) a joke|shame on you|useless (?:bot|service|support|answers?|company)`,
  String.raw`(?:worst|terrible|horrible|awful|lousy) (?:\w+ )?(?:service|support|experience|company|shop|store|customer)`,
  String.raw`waste of (?:my )?(?:time|money)|(?:third|fourth|fifth|tenth|hundredth) time (?:i|that i|we)`,
  String.raw`how many (?:more )?times|nobody (?:answers|replies|helps|cares)|no one (?:answers|replies|helps|cares)`,
  String.raw`still (?:waiting|no (?:answer|reply|response)) (?:after|for) (?:\w+ )?(?:weeks?|months?|days)`,
  String.raw`thanks? (?:you )?for nothing|piece of (?:crap|shit|junk)`,
  String.raw`(?:completely|totally|utterly|absolutely|all|just|so) useless|useless[!,.](?! (?:tips?|info))|^useless$`,
  String.raw`(?:want|give me|demand|need) (?:all )?(?:my|a|the|our) (?:money(?: back)?|(?:full )?refund) (?:right )?(?:now|immediately|today|at once)(?! (?:or|and) )`,
  String.raw`(?:will|gebt mir|geben sie mir|fordere|verlange) (?:\w+ )?mein geld (?:sofort|jetzt|umgehend|auf der stelle)(?: zuruck)?|mein geld zuruck[,!]? (?:sofort|jetzt|und zwar)`,
  String.raw`(?:veux|exige|rendez-moi) (?:\w+ ){0,3}(?:argent|remboursee?|remboursement) (?:immediatement|maintenant|tout de suite)`,
  String.raw`(?:quiero|exijo|devuelvanme) (?:\w+ )?dinero (?:\w+ )?(?:ya|ahora|inmediatamente)`,
  String.raw`(?:quero|exijo) (?:\w+ )?(?:meu )?dinheiro (?:de volta )?(?:ja|agora|imediatamente)`,
  String.raw`unverschamt\w*|frechheit|inakzeptabel|unfassbar|lacherlich|stinksauer|stocksauer|wutend|katastrophe`,
  String.raw`katastrophal|saftladen|abzocke|betruger|verarscht?|verarsch\w*`,
  String.raw`unmoglich(?:er|e) (?:service|kundenservice|laden)`,
  String.raw`(?:mass?los|sehr|extrem|total) (?:enttauscht|verargert|sauer)|schnauze voll|nase voll`,
  String.raw`mir reicht(?:'s| es)|nie wieder`,
  String.raw`(?:zum|schon das) (?:dritten|vierten|funften|zehnten|x-?ten) mal|schlechteste\w*|unter aller sau`,
  String.raw`scheiss\w*|zumutung`,
  String.raw`inadmissible|inacceptable|scandaleux|scandaleuse|honteux|honteuse|c'est une honte|furieux|furieuse`,
  String.raw`(?:j'en ai|en ai) (?:marre|assez|ras[- ]le[- ]bol)|ras[- ]le[- ]bol|arnaque\w*|escroc\w*`,
  String.raw`(?:tres|vraiment) (?:decue?|mecontente?|enervee?|en colere)|vous (?:vous )?(?:foutez|moquez) de`,
  String.raw`lamentable|service (?:nul|catastrophique|deplorable)|plus jamais`,
  String.raw`(?:troisieme|quatrieme|dixieme|enieme) fois|merde`,
  String.raw`inaceptable|verguenza|estafa\w*|hart[oa] de`,
  String.raw`estoy (?:muy )?(?:hart[oa]|furios[oa]|indignad[oa]|enfadad[oa]|enojad[oa])|pesim[oa]|indignante`,
  String.raw`lamentable|(?:el )?peor (?:servicio|atencion|empresa|tienda)|nunca mas|una burla|tomadura de pelo`,
  String.raw`(?:tercera|cuarta|quinta|enesima) vez|mierda|(?:ladrones|sinverguenzas)`,
  String.raw`inaceitavel|vergonha|vergonhoso|absurdo|pessim[oa]|fart[oa] de`,
  String.raw`estou (?:muito )?(?:fart[oa]|furios[oa]|indignad[oa]|irritad[oa]|chatead[oa])|indignad[oa]|palhacada`,
  String.raw`descaso|(?:o )?pior (?:servico|atendimento|empresa|loja)|nunca mais|falta de respeito`,
  String.raw`(?:terceira|quarta|quinta|enesima) vez|merda|ladroes|burla`,
];
const HAPPY = String.raw`(?:love|loving) (?:it|the|my|this|your)|so happy|very happy|really happy|great (?:service|shop|product|support)|amazing|awesome|fantastic|excellent|wunderbar|begeistert|klasse|super (?:zufrieden|service)|sehr zufrieden|j'adore|ravie?|tres (?:contente?|satisfaite?)|encantad[oa]|muy content[oa]|excelente|adorei|muito (?:feliz|satisfeit[oa])`;

/** Said in anger as in joy: what stands beside them tells. */
const SWEARING = /(?<![\w'#])(?:wtf|what the (?:hell|fuck)|bullshit|fuck\w*|shitty)(?![\w])/;

const ANGRY_WORDS = new RegExp(String.raw`(?<![\w'])(?:${ANGRY.join('|')})(?![\w])`);
const HAPPY_WORDS = new RegExp(String.raw`(?<![\w'])(?:${HAPPY})(?![\w])`);
const MAX_LENGTH = 20_000;
const MIN_SHOUTED_WORDS = 4;
const SHOUTED_SHARE = 0.7;

/** More than a good word beside a strong one: "what a fucking great tent". */
const SURELY_HAPPY = 0.5;
/** A question that names something bad asks about it: "is it good in terrible weather?" */
const QUESTION_THRESHOLD = 0.65;

/**
 * How the newest messages sound, for the people who read the note (H2): English by a lexicon, other languages by the lists.
 * Anger wins where both are found.
 */
export function sentimentOf(texts: readonly string[]): Sentiment {
  const cut = texts.map((text) => text.slice(0, MAX_LENGTH));
  if (cut.some((text) => soundsAngry(text))) return 'angry';
  const scores = cut.map(englishPolarity);
  if (cut.some((text, index) => (scores[index] ?? 0) <= -thresholdFor(text))) return 'angry';
  const happy = (text: string, index: number) =>
    (scores[index] ?? 0) >= thresholdFor(text) || isThanksOnly(text) || HAPPY_WORDS.test(folded(text));
  return cut.some(happy) ? 'happy' : 'neutral';
}

/**
 * The mood that a note tells people of (H2): only where the customer puts it in so many words. What a lexicon hears in single
 * words ("broken", "thanks") is no mood: it is neutral.
 */
export function clearMood(texts: readonly string[]): Sentiment {
  if (isFrustrated(texts)) return 'angry';
  const cut = texts.map((text) => text.slice(0, MAX_LENGTH));
  if (cut.some((text) => QUESTION_MARK.test(text) || (englishPolarity(text) ?? 0) < 0)) return 'neutral';
  return cut.some((text) => isThanksOnly(text) || HAPPY_WORDS.test(folded(text))) ? 'happy' : 'neutral';
}

const QUESTION_MARK = /[?？؟]/;

/** Whether the customer is angry in so many words, which goes to a person (H1 `frustrated_customer`). A broken zipper does not. */
export function isFrustrated(texts: readonly string[]): boolean {
  return texts.some((text) => soundsAngry(text.slice(0, MAX_LENGTH)));
}

function soundsAngry(text: string): boolean {
  const plain = folded(text);
  const strong = ANGRY_WORDS.test(plain);
  if (!strong && !SWEARING.test(plain) && !isShouting(text)) return false;
  return (englishPolarity(text) ?? 0) < (strong ? SURELY_HAPPY : THRESHOLD);
}

/** Null where the text is in another language: the lexicon would take the German "die" for the English one. */
function englishPolarity(text: string): number | null {
  return !FOREIGN.test(text) || detectLanguage(text) === 'en' ? polarityOf(text) : null;
}

/** Short and odd texts are taken for all kinds of languages: it takes a letter or a small word of another one as well. */
const FOREIGN =
  /(?![\p{ASCII}\p{M}])\p{L}|(?<!\p{L})(?:der|die|das|und|ist|nicht|ich|mein|meine|wie|wo|wann|ein|eine|mit|le|les|un|une|et|est|je|pas|mon|avec|el|los|las|es|que|mi|por|una|con|um|uma|meu|minha|nao|een|het|niet|ik|mijn|van|il|che|non|mio|sono|och|jag|inte|ikke|jeg|nie|jest|mam|prosze|bitte|danke|merci|gracias|obrigado)(?!\p{L})/iu;

const QUESTION =
  /^\s*(?:how|where|when|what|which|who|can|could|may|do|does|did|is|are|will|would|should|has|have)\b[^.!?\n]{0,200}\?\s*$/i;

function thresholdFor(text: string): number {
  return QUESTION.test(text) ? QUESTION_THRESHOLD : THRESHOLD;
}

/** Most of the words in capitals, and marks that say it is meant: "WHERE IS MY MONEY!!". */
function isShouting(text: string): boolean {
  const spoken = visible(text).match(/\p{L}{2,}/gu) ?? [];
  const shouted = spoken.filter(
    (word) => word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase(),
  );
  return shouted.length >= MIN_SHOUTED_WORDS && shouted.length >= spoken.length * SHOUTED_SHARE && /[!?]{2}/.test(text);
}
