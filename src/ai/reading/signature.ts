/**
 * Signatures at the end of a mail: below the mark that programs put there, the line a phone adds, a name with its addresses.
 * Only what is surely one goes: a question below "Best regards" is still read.
 */
const MARK = /^(?:--|__|—|–|[-_=—]{5,}|={3,4}|\+{2,4})$/u;
const DEVICE =
  /^(?:sent (?:from|with|via|using) (?:my |a |the )?\S.{0,60}|get outlook for .{2,40}|download outlook .{2,40}|(?:von|aus) .{2,40} gesendet|gesendet (?:von|mit) .{2,60}|diese nachricht wurde von .{2,40} gesendet\.?|envoy[ée] (?:de|depuis|à partir de|avec) .{2,60}|t[ée]l[ée]charger outlook .{2,40}|enviado (?:desde|do|a partir do|com) .{2,60}|obtener outlook .{2,40}|obter o? ?outlook .{2,40}|inviato (?:da|dal) .{2,40}|scarica outlook .{2,40}|verzonden (?:vanaf|met|via) .{2,60}|verstuurd vanaf .{2,40}|sendt fra .{2,60}|skickat från .{2,40}|lähetetty .{2,40}|wysłane z .{2,40}|отправлено (?:с|из) .{2,40}|via mobile)$/iu;
/** "Sent from my desk, is much easier": a sentence, not a device. */
const SENTENCE = /[,;!?]\s|[?!]$|\p{L}{3,}\.$/u;
const SIGN_OFF =
  /^(?:(?:(?:many )?thanks|thank you|thx|cheers)(?: (?:so much|very much|a lot|again|in advance))?|(?:with )?(?:\p{L}+ )?(?:and \p{L}+ )?regards|(?:best|kind|warm) wishes|all the best|best|sincerely(?: yours)?|yours (?:sincerely|truly|faithfully)|(?:mit )?(?:(?:freundlich|best|lieb|herzlich)en? )?grü(?:ß|ss)en?|(?:viele|liebe|beste|schöne|herzliche) grü(?:ß|ss)e|mfg|lg|vg|danke|vielen dank|(?:bien )?cordialement|bien à vous|salutations(?: distinguées)?|merci(?: beaucoup)?|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|gracias|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|abraços?|obrigad[oa]|cordiali saluti|distinti saluti|saluti|grazie|met vriendelijke groet(?:en)?|groet(?:en|jes)?|mvh|(?:med )?vänliga? hälsning(?:ar)?|(?:med )?venlig hilsen|pozdrawiam|с уважением)$/iu;
const PART = String.raw`(?:\p{Lu}[\p{L}.'’-]*|van|von|de|da|der|den|di|el|al)`;
const NAME = new RegExp(`^${PART}(?:,? ${PART}){0,4},?$`, 'u');
const CONTACT = /\S@\S|https?:\/\/|\bwww\.|\p{L}\.(?:com|org|net|de|fr|es|eu|co\.uk)\b|(?:\+|\()?\d[\d ()./-]{6,}\d/iu;
const MAX_LINES = 12;
const MAX_LINE_LENGTH = 80;
const MIN_SENTENCE_WORDS = 5;

/** Takes the signature off the end, line by line, as long as one is surely there. */
export function withoutSignature(lines: readonly string[]): string[] {
  let kept = trimmed(withoutDevice(lines));
  for (;;) {
    const start = signatureStart(kept);
    if (start === null || start === 0) return kept;
    kept = trimmed(kept.slice(0, start));
  }
}

/** Phones put their line below the customer's words and above the quote, which some of them do not mark. */
function withoutDevice(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => isDevice(line));
  if (first === -1) return [...lines];
  const above = lines.slice(0, first);
  const below = lines.slice(first + 1);
  const answers = below.some(isQuestion) || above.every((line) => line === '');
  return answers ? [...above, ...below.filter((line) => !isDevice(line))] : above;
}

export function isDevice(line: string): boolean {
  const text = line.replace(/[<(]https?:[^\s<>()]*[>)]$/u, '').trim();
  return text.length <= MAX_LINE_LENGTH && DEVICE.test(text) && !SENTENCE.test(text);
}

/** Where the last signature begins; null when the end is no signature. */
function signatureStart(lines: readonly string[]): number | null {
  const mark = lines.lastIndexOf('--');
  if (mark !== -1 && !lines.slice(mark + 1).some(isQuestion)) return mark;
  const from = Math.max(0, lines.length - 2 * MAX_LINES);
  const begins = lines.slice(from).findLastIndex((line, index, end) => {
    const below = end.slice(index + 1).filter((text) => text !== '');
    return below.length <= MAX_LINES && (isRule(line, below) || (isSignOff(line) && isNamed(below)));
  });
  return begins === -1 ? contactBlock(lines) : from + begins;
}

function isRule(line: string, below: readonly string[]): boolean {
  return MARK.test(line) && below.every((text) => isShort(text) && !isSentence(text));
}

function isSignOff(line: string): boolean {
  return line.length <= MAX_LINE_LENGTH && SIGN_OFF.test(line.replace(/[,.! ]+$/u, ''));
}

/** What stands below a sign-off: a name, and lines about its bearer. */
function isNamed(below: readonly string[]): boolean {
  return NAME.test(below[0] ?? '') && below.every(isShort);
}

/** The last paragraph: a name, and at least two lines with an address or a number. Not where a colon announces it. */
function contactBlock(lines: readonly string[]): number | null {
  const start = lines.lastIndexOf('') + 1;
  const block = lines.slice(start);
  const before = lines.slice(0, start).findLast((line) => line !== '');
  if (before === undefined || /[:：]$/u.test(before) || block.length > MAX_LINES) return null;
  const named = NAME.test((block[0] ?? '').replace(/, \p{L}+\.\p{L}+\.$/u, ''));
  return named && block.every(isShort) && block.filter((line) => CONTACT.test(line)).length >= 2 ? start : null;
}

function isShort(line: string): boolean {
  return line.length <= MAX_LINE_LENGTH && !isQuestion(line);
}

function isQuestion(line: string): boolean {
  return /[?？¿]/u.test(line.slice(0, 1_000).replace(/https?:\S+/gu, ''));
}

function isSentence(line: string): boolean {
  return line.split(' ').length >= MIN_SENTENCE_WORDS && /[.!…]$/u.test(line);
}

function trimmed(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, end + 1);
}
