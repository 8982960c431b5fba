import { folded, words } from '../reading/text.ts';

const MIN_LENGTH = 3;
const MIN_STEM = 4;
const MAX_ENDING = 4;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]{2,}/gu;

/** Words that join others, and those of politeness: they say nothing about the subject. */
const EMPTY = new Set(
  `the and but for nor yet you your yours our ours they them their this that these those with from into onto over under about after before
   while when where which who whom whose what why how can could may might must shall should will would have has had having are was were been
   being not any all each every some such than then there here also just only very more most much many too out off per via its it's isn't
   don't doesn't can't won't you're you'll we're we'll i'm i'll if or so as at by in is it of on to up us we be do
   hello hi dear thanks thank reaching contacting writing please sorry happy glad help hope let know further question questions anything else best kind
   regards sincerely team welcome yes no note following follows below above however therefore
   der die das den dem des ein eine einen einem einer eines und oder aber auch nicht kein keine ist sind war waren wird werden wurde wurden kann
   konnen konnte mochte mussen muss soll sollte sie ihr ihre ihren ihrem ihrer wir uns unser unsere mit von zum zur bei nach aus auf fur uber
   unter vor seit bis durch ohne gegen als wie wenn dass weil damit dann hier dort sich man mehr sehr nur noch schon bitte danke hallo guten tag
   gerne gern freundliche freundlichen grusse liebe lieber vielen dank helfen weitere fragen frage anfrage
   les des une est sont etait pour avec dans sur sous par sans vous votre vos nous notre nos ils elles leur leurs que qui quoi dont pas plus
   mais donc car comme aussi tres cette cet ces peut pouvez pouvons etre avoir avez avons bonjour merci cordialement question questions aider
   los las del una unos unas por para con sin sobre entre desde hasta que como cuando donde pero sino porque muy mas tambien este esta estos
   estas ese esa usted ustedes nosotros nuestro nuestra sus puede pueden podemos ser estar hay tiene tenemos hola gracias saludos pregunta ayudar
   dos das uma uns umas pelo pela com sem sobre entre ate que como quando onde mas porque muito mais tambem este esta esse essa voce voces nos
   nosso nossa seu sua pode podem podemos ser estar tem temos ola obrigado obrigada pergunta ajudar source sources quelle quellen fuente fuentes
   fonte fontes`.split(/\s+/),
);

/** Whether a folded word joins others, and says nothing about the subject. */
export function isEmptyWord(word: string): boolean {
  return EMPTY.has(word);
}

/** Whether two words are forms of one: the same stem with short endings. */
export function isAkin(word: string, other: string): boolean {
  if (word === other) return true;
  let common = 0;
  while (common < word.length && word[common] === other[common]) common += 1;
  return common >= MIN_STEM && word.length - common <= MAX_ENDING && other.length - common <= MAX_ENDING;
}

/** Words that carry the subject; in scripts without spaces, pairs of characters. */
export function contentOf(text: string): string[] {
  const plain = folded(text);
  const pairs = (plain.match(DENSE) ?? []).flatMap((run) =>
    Array.from({ length: run.length - 1 }, (_, index) => run.slice(index, index + 2)),
  );
  const spelled = words(plain.replace(DENSE, ' ')).flatMap((word) => word.split('-'));
  return [...pairs, ...spelled.filter((word) => word.length >= MIN_LENGTH && !EMPTY.has(word))];
}
