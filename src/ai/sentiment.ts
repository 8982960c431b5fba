import type { Sentiment } from '../domain/handoff.ts';
import { isThanksOnly } from './thanks.ts';
import { folded, visible } from './text.ts';

/**
 * Anger and joy from word lists in English, German, French, Spanish and Portuguese. A list sees strong words and shouting,
 * not irony: what it does not see is neutral. Patterns are matched against folded text: lower case, no accents.
 */
const ANGRY = [
  String.raw`(?:un|in)acceptable|outrageous|disgusting|disgraceful|appalling|ridiculous(?! (?:easy|good|cheap))`,
  String.raw`furious|livid|infuriating|pathetic|scam(?:mers?)?|rip-?off|fed up|sick (?:and tired )?of|had enough`,
  String.raw`never again|wtf|what the (?:hell|fuck)`,
  String.raw`(?:so |very |really |extremely )(?:angry|mad|frustrated|annoyed|upset)|frustrating|incompetent`,
  String.raw`absolute joke|(?:is|what) a joke|shame on you|useless (?:bot|service|support|answers?|company)`,
  String.raw`(?:worst|terrible|horrible|awful|lousy) (?:\w+ )?(?:service|support|experience|company|shop|store|customer)`,
  String.raw`waste of (?:my )?(?:time|money)|(?:third|fourth|fifth|tenth|hundredth) time (?:i|that i|we)`,
  String.raw`how many (?:more )?times|nobody (?:answers|replies|helps|cares)|no one (?:answers|replies|helps|cares)`,
  String.raw`still (?:waiting|no (?:answer|reply|response)) (?:after|for) (?:\w+ )?(?:weeks?|months?|days)`,
  String.raw`thanks? (?:you )?for nothing|bullshit|fuck\w*|shitty|piece of (?:crap|shit|junk)`,
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

const ANGRY_WORDS = new RegExp(String.raw`(?<![\w'])(?:${ANGRY.join('|')})(?![\w])`);
const HAPPY_WORDS = new RegExp(String.raw`(?<![\w'])(?:${HAPPY})(?![\w])`);
const MAX_LENGTH = 20_000;
const MIN_SHOUTED_WORDS = 4;
const SHOUTED_SHARE = 0.7;

/** How the newest messages sound. Angry wins where both are found. */
export function sentimentOf(texts: readonly string[]): Sentiment {
  const cut = texts.map((text) => text.slice(0, MAX_LENGTH));
  if (cut.some((text) => ANGRY_WORDS.test(folded(text)) || isShouting(text))) return 'angry';
  return cut.some((text) => isThanksOnly(text) || HAPPY_WORDS.test(folded(text))) ? 'happy' : 'neutral';
}

/** Most of the words in capitals, and marks that say it is meant: "WHERE IS MY MONEY!!". */
function isShouting(text: string): boolean {
  const spoken = visible(text).match(/\p{L}{2,}/gu) ?? [];
  const shouted = spoken.filter(
    (word) => word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase(),
  );
  return shouted.length >= MIN_SHOUTED_WORDS && shouted.length >= spoken.length * SHOUTED_SHARE && /[!?]{2}/.test(text);
}
