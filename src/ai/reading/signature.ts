import type { Line } from './line-writer.ts';

/**
 * Signatures at the end of a mail: what programs mark as one, the line a phone adds, a name with its addresses. Only what is
 * surely one goes: an order's number, a wish or a sentence below "Best regards" is still read.
 */
const SEPARATOR = /^(?:--|__|—|–|[-_=—━─]{3,}|[*~#]{4,}|\+{2,4})$/u;
const BRAND =
  /\b(?:iphon\p{L}*|ipad\p{L}*|android\p{L}*|galaxy|samsung|huawei|xiaomi|redmi|pixel|oneplus|blackberry|nokia|xperia|outlook|hotmail|yahoo|aol|gmail|proton ?mail|tuta(?:nota)?|gmx|web\.de|t-online|freenet|mailbird|thunderbird|spark|superhuman|em client|bluemail|spike|windows|smartphone|handy|mobile|mobil\w*|tablet|handheld|mail|app|device|gerät|t[ée]l[ée]phone|celular|m[óo]vil|telem[óo]vel|cellulare|telefon\w*)\b/iu;
const DEVICE =
  /^(?:sent (?:from|with|via|using|by) (?:my |a |the )?\S.{0,60}|(?:get|download|hent|hämta|hanki|hankige|pobierz|stáhnout|stiahnuť|obtenir|obtenha|ottieni|descargar?|descărcați|preuzmi(?:te)?|prenesite|laden sie|download|скачать|загрузить|завантажити|изтеглете|λήψη|κατεβάστε) .{0,15}outlook .{2,30}(?:ios|android|mac|windows)|outlook .{3,20} (?:indir|alın|letöltése)|(?:下载|获取|取得|下載) .{0,12}outlook|.{0,12}outlook .{0,8}(?:を入手|다운로드)|get outlook for .{2,40}|(?:von|aus) .{2,40} gesendet|gesendet (?:von|mit|über) .{2,60}|diese nachricht wurde (?:von|mit) .{2,60} gesendet\.?|envoy[ée] (?:de|depuis|à partir de|avec|par) .{2,60}|t[ée]l[ée]charger outlook .{2,40}|enviado (?:desde|do|a partir do|com|con) .{2,60}|obtener outlook .{2,40}|obter o? ?outlook .{2,40}|inviato (?:da|dal|con) .{2,40}|scarica outlook .{2,40}|verzonden (?:vanaf|met|via) .{2,60}|verstuurd vanaf .{2,40}|sendt (?:fra|med) .{2,60}|skickat från .{2,40}|lähetetty .{2,40}|wysłan[eoy] (?:z|przez) .{2,40}|odesláno z .{2,40}|odoslané z .{2,40}|trimis de pe .{2,40}|(?:el)?küldve .{2,40}|.{2,40} (?:ile )?gönderildi|отправлено (?:с|из) .{2,40}|надіслано з .{2,40}|изпратено от .{2,40}|στάλθηκε από .{2,40}|dikirim dari .{2,40}|được gửi từ .{2,40}|ส่งจาก .{2,40}|נשלח מ.{2,40}|(?:أ|ا)رسل(?:ت)? من .{2,40}|发自我的.{2,30}|從我的 ?.{2,30}傳送|.{2,20}から送信|(?:나의 )?.{2,20}에서 보냄|via mobile|diese e-?mail wurde .{2,40} versendet)$/iu;
/** A parcel is sent with somebody, too: a device is the sender's own. */
const MINE =
  /(?:^|[ /])(?:my|mein\w*|mon|ma|mi|meu|minha|mio|mia|mijn|min|mitt|mojego|mého|môjho|moje\w*|моего|мого|моя|моят\w*)(?= )|我的|나의|μου|שלי/iu;
/** "Sent from my desk, is much easier": a sentence, not a device. */
const SENTENCE = /[,;!?]\s|[?!]$|\p{L}{3,}\.$/u;
/** What people wish each other at the end, in whatever words around it. */
const WISHES = [
  'regards|rgds|wishes|gr(?:ü|u|ue)(?:ß|ss)(?:e|en)?|cordialement|sincèrement|salutations|saludos?|abrazos?|abraços?|cumprimentos|saluti|saluto|groet(?:en|jes)?',
  'hilsen|hälsning(?:ar)?|terveisin|pozdr(?:awiam|owieniami|owienia|avem|av|avom)|poważaniem|szacunkiem|úctou|üdvözlettel|tisztelettel',
  'saygılarımla|saygılar|sevgiler(?:imle)?|selamlar|уважением|повагою|уважение|приветом|εκτίμηση|χαιρετισμούς',
].join('|');
const FAREWELLS = [
  '(?:(?:many )?thanks|thank you|thx|cheers)(?: (?:so much|very much|a lot|again|in advance))?|all the best|best|warmly|take care|(?:yours )?(?:sincerely|truly|faithfully)(?: yours)?|yours|b\\.?r\\.?|k\\.?r\\.?',
  "mfg|lg|vg|danke|vielen dank(?: im voraus)?|hochachtungsvoll|bis (?:dann|bald)|bien à vous|cdlt|bonne (?:journée|soirée)|à bientôt|merci(?: beaucoup| d['’]avance)?",
  '(?:muy )?atentamente|(?:muchas )?gracias(?: de antemano)?|att|atenciosamente|(?:muito )?obrigad[oa]|cordialmente|ciao|grazie(?: mille)?|mvg|(?:alvast )?bedankt|mvh|vh|kh',
  'dzięki|dziękuję|děkuji|s pozdravem|cu (?:stimă|respect|drag)|спасибо|よろしくお願い(?:いた)?します|以上|此致|谢谢',
].join('|');
const SIGN_OFF = new RegExp(
  String.raw`^(?:(?:\p{L}+[ /,|]+){0,5}(?:${WISHES})(?: (?:aus|serdecznie|cordial(?:es)?|distint[ie]s?|distinguées) ?\p{L}*)?|${FAREWELLS})$`,
  'iu',
);
const CONNECTOR = String.raw`(?:van|von|de|da|dos|der|den|di|do|du|del|della|la|le|el|al|bin|ten|ter|y|e|und|and|&)`;
const PART = String.raw`(?:\p{Lu}[\p{L}\p{M}.'’-]*|\p{Lo}{1,4})`;
const NAME = new RegExp(
  String.raw`^(?:(?:dr|mr|mrs|ms|prof|ing|dipl|herr|frau|mme|m|i\. ?[aAvV]|ppa)\. ?)*${PART}(?:,? (?:${PART}|${CONNECTOR})){0,4},?(?: \(.{2,20}\))?$`,
  'u',
);
/** Titles, firms, departments: every word that carries something is written large. */
const TITLE = new RegExp(
  String.raw`^(?:\p{Lu}[\p{L}\p{M}.'’/-]*|${CONNECTOR}|of|for|für|pour|per|the|at|[-–|•·,/@&]|!)(?: (?:\p{Lu}[\p{L}\p{M}.,'’/-]*|${CONNECTOR}|of|for|für|pour|per|the|at|[-–|•·,/@&]|!)){0,7}$`,
  'u',
);
const FIRM =
  /(?:^|[^\p{L}])(?:G?[Mm][Bb][Hh]|gmbh|AG|KG|OHG|e\. ?[Vv]\.|UG|(?:[Ll]td|[Ii]nc|[Cc]orp|PLC|[Pp]lc|LLC|LLP|LTD|Limited)|Co|S\.?A\.?R?\.?L?\.?|SAS|Sarl|S\.?L\.?U?\.?|S\.?[pP]\.?A\.?|S\.?[rR]\.?[lL]\.?|Lda|LDA|B\.?V\.?|N\.?V\.?|[Ss]p\. z o\.? ?o\.?|s\.?r\.?o\.?|a\.s\.|O[yY]|AB|A[pP]S|A\/S|AS|Kft|d\.o\.o)(?![\p{L}])|株式会社|有限公司|주식회사/u;
const REGISTER =
  /(?:^|[,|·;] ?)(?:hrb|amtsgericht|registergericht|handelsregister|geschäftsführ|vorstand|aufsichtsrat|ust-?id|steuernummer|registered (?:in|office|at|number)|company (?:no|number|reg)|(?:vat|siret|siren|r\.?c\.?s|tva|cif|nif|p\.? ?iva|kvk|btw|nip|regon|krs|ičo|dič)\P{Nd}{0,12}\p{Nd}{3}|sitz der)/iu;
const PHONE_LABEL =
  /^[^\p{L}\p{N}]*(?:t|tel|tel[ée]fon\w*|tél|phone|ph|p|m|mob|mobile?|mobil\w*|handy|cell?|cel|cellulare|móvil|telemóvel|fax|f|fon|puh|tlf|gsm|тел|τηλ|office|direct|whatsapp|skype|e|e-?mail|mail|correo|web|www|website|internet)(?![\p{L}\p{N}])\.? ?[:.)]?/iu;
/** "Photo: https://a.example/b" is something to look at. */
const SHOWN =
  /\p{L}.*\shttps?:\/\/(?!\S*(?:linkedin|xing|facebook|instagram|twitter|youtube|calendly|maps)\.)[^\s/]+\/[^\s>]/iu;
const CONTACT =
  /\S@\S|https?:\/\/|\bwww\.|(?:^|\s)[\p{L}\d-]+\.(?:com|org|net|de|fr|es|eu|it|pl|nl|pt|br|co\.uk|example|io|shop)(?:\/\S*)?(?:$|\s)/iu;
const PHONE = /^[^\p{N}\p{L}]{0,5}(?:(?:\+\d|\(?0)[\d ()./-]{5,}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?:\s|$)/u;
const STREET =
  /(?:str(?:aße|asse|\.)|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|vej|vei|veien|gade|gata|gatan|vägen|katu|utca|sokak|ulice)\s?\d|\b(?:street|road|avenue|lane|drive|square|rue|boulevard|place|calle|avenida|plaza|rua|via|viale|piazza|ulica)\b|\b(?:st|rd|ave|ul|al|av|c)\.|\b(?:st|rd|ave)\b/iu;
const TOWN =
  /(?:^|[-–|,·] ?)(?:[A-Z]{1,3}[- ])?\d{4,6},? \p{Lu}[\p{L} .-]+$|^\p{Lu}[\p{L} .-]+,? [A-Z]{2} \d{5}(?:-\d{4})?$|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/u;
/** Who writes about an address or a number of theirs may give it below. */
const GIVES = new RegExp(
  [
    String.raw`(?<!\p{L})(?:my|our|new|this|following|different|other|right|correct|(?:mein|unser|dies|folgend|ander)e?[rn]?|neue[rn]?|mon|ma|notre|nouvelle?|cette|suivante?|mi|nuestr[oa]|nuev[oa]|est[ae]|siguiente|meu|minha|nov[oa]|seguinte|mi[oa]|nuov[oa]|quest[oa]|seguente|mijn|on[sz]e?|nieuwe?|dit|deze|volgende|mój|moja|moje|mojego|nowy|nowego|ten|następujący) (?:\p{L}+ ){0,3}(?:address|phone|mobile|e-?mail|adress?e?|anschrift|(?:telefon|handy|mobil)?num(?:ber|mer|éro|er)|n[uú]mero|téléphone|tel[eé]fon|telefoon|dirección|correo|endereço|morada|indirizzo)`,
    String.raw`\b(?:send|ship|deliver|call|ring|reach|phone|contact|write|e-?mail)\b(?: \p{L}+){0,4} (?:to|me|us|at|on|under|below)\b|\b(?:schick|send|liefer|ruf|erreich|schreib)\p{L}*(?: \p{L}+){0,5} (?:an|unter|mich|uns|auf)\b`,
    String.raw`appelez|joindre|envoye[rz]|livre[rz]|llám|envíe|mande|entregu|ligue|envie|chiamat|spedi|inviat|consegn|\b(?:stuur|verzend|bezorg|bel)\b|zadzwo|wyślij|wysłać|dostarcz`,
  ].join('|'),
  'iu',
);
/** A sign-off, a program's line, a company's block. */
const MOST = 4;
const FEW = 5;
const MAX_LINES = 14;
const MAX_LINE_LENGTH = 90;
const MAX_WORDS_BESIDE = 5;

/** The lines without what the program marks as signature, unless something is asked or added there. */
export function withoutMarkedSignature(lines: readonly Line[]): Line[] {
  const says = lines.some(({ kind, text }) => kind === 'signature' && (isQuestion(text) || ADDS.test(text)));
  return says ? [...lines] : lines.filter(({ kind }) => kind !== 'signature');
}

const ADDS = /^(?:p\.? ?s\b|n\.? ?b\b|ps\b)/iu;

/** Takes the signature off the end, as long as one is surely there. */
export function withoutSignature(lines: readonly string[]): string[] {
  let kept = trimmed(lines.filter((line) => !isDevice(line)));
  for (let count = 0; count < MOST; count++) {
    const start = signatureStart(kept);
    if (start === null || start === 0) return kept;
    kept = trimmed(kept.slice(0, start));
  }
  return kept;
}

export function isDevice(line: string): boolean {
  if (line.length > 3 * MAX_LINE_LENGTH) return false;
  const text = line.replace(/\s?[<([]https?:[^\s<>()[\]]*[>)\]]|[\u064B-\u0652]+/gu, '').trim();
  if (text.length > MAX_LINE_LENGTH) return false;
  if (/^yahoo mail: \S/i.test(text)) return true;
  if (!DEVICE.test(text)) return false;
  if (!BRAND.test(text)) return (MINE.test(text) || /https?:/.test(line)) && !SENTENCE.test(text);
  return !SENTENCE.test(text) || (!/[,!?]/.test(text) && text.split(' ').length <= 10);
}

/** Whether a text is nothing but the words that begin and end a mail. */
export function isSignOff(line: string): boolean {
  return line.length <= MAX_LINE_LENGTH && SIGN_OFF.test(line.replace(/[\p{P}\s]+$/u, ''));
}

export function isName(line: string): boolean {
  return line.length <= MAX_LINE_LENGTH && NAME.test(line);
}

/** Where the last signature begins; null when the end is no signature. */
function signatureStart(lines: readonly string[]): number | null {
  const from = Math.max(0, lines.length - 2 * MAX_LINES);
  const begins = lines.slice(from).findLastIndex((line, index, end) => {
    const below = end.slice(index + 1).filter((text) => text !== '');
    if (below.length === 0 || below.length > MAX_LINES) return false;
    if (SEPARATOR.test(line) || line === SIGNATURE_MARK)
      return isBelowMark(line, below, lines.slice(0, from + index), end[index + 1]);
    const above = lines.slice(0, from + index);
    return isSignOff(line) && isName(below[0] ?? '') && !isAnnounced(above) && isAboutSender(below, above);
  });
  if (begins !== -1) return from + begins;
  return isSignedLine(lines.at(-1) ?? '') ? lines.length - 1 : contactBlock(lines);
}

/** "Viele Grüße Kim", in a line of its own. */
function isSignedLine(line: string): boolean {
  const words = line.length > MAX_LINE_LENGTH ? [] : line.split(' ');
  return words.some((_, at) => at > 0 && isSignOff(words.slice(0, at).join(' ')) && isName(words.slice(at).join(' ')));
}

/** Rules divide messages as often as they end them: only the mark of programs is believed with little below it. */
function isBelowMark(
  mark: string,
  below: readonly string[],
  above: readonly string[],
  next: string | undefined,
): boolean {
  const says = below.some(saysSomething);
  if (mark === SIGNATURE_MARK) return !says;
  const tight = above.at(-1) === '' && next !== '' && mark === '--' && !above.includes('--');
  if (tight && below.length <= FEW && !says) return true;
  const list = /^(?:--|__)$/.test(mark) && below.length <= FEW && below.filter(isContact).length * 2 >= below.length;
  return (list && !says) || (isAboutSender(below, above) && (mark === '--' || below.some(isContact)));
}

/** RFC 3676: two hyphens and a space, which programs put above a signature and nobody types. */
export const SIGNATURE_MARK = '-- ';

/** What no motto and no address says. */
function saysSomething(line: string): boolean {
  return isQuestion(line) || ADDS.test(line) || (/\d{3}/.test(line) && !isSenderLine(line));
}

/** All lines tell who the sender is and how to reach them, and the message is not about that. */
function isAboutSender(below: readonly string[], above: readonly string[]): boolean {
  if (!below.every((line, index) => isSenderLine(line) || (index === 0 && isName(line)))) return false;
  const reach = below.some((line) => isContact(line) || isPlace(line));
  return !(reach && above.some((line) => GIVES.test(line.slice(0, 1_000))));
}

/** Whether a line tells who somebody is and how to reach them, and nothing else. */
export function isSenderLine(marked: string): boolean {
  const line = marked.replaceAll('*', '').trim();
  if (line.length > MAX_LINE_LENGTH || isQuestion(line) || ADDS.test(line)) return false;
  if (
    isContact(line) ||
    isPlace(line) ||
    (REGISTER.test(line) && saidBeside(line) < 4) ||
    SEPARATOR.test(line) ||
    isSignOff(line)
  )
    return true;
  if (/\d/.test(line)) return false;
  return (
    (FIRM.test(line) && /^[^\p{Ll}]/u.test(line) && saidBeside(line) < 2) ||
    (TITLE.test(line) && !isShouted(line)) ||
    NAME_ONLY.test(line)
  );
}

const NAME_ONLY = /^\p{Lu}[\p{Ll}'’-]+(?: \p{Lu}[\p{L}.'’-]*){0,3}$/u;

/** Words that are no label and no address: "(mornings only)". */
function saidBeside(line: string): number {
  return line.match(/(?<!\S)\(?\p{Ll}{3,}(?=\.?(?:[\s),!]|$))/gu)?.length ?? 0;
}

function isContact(line: string): boolean {
  const named = CONTACT.test(line) || PHONE.test(line);
  if (!named && !(PHONE_LABEL.test(line) && /\d{6}|@/.test(line.replaceAll(/[ ()./-]/g, '')))) return false;
  const words = line.split(' ').filter((word) => /\p{L}/u.test(word) && !/[@:/]|\.\p{L}/u.test(word));
  return words.length <= MAX_WORDS_BESIDE && saidBeside(line) < 2 && !SHOWN.test(line);
}

/** "Send both to Lake Road 5" names a place and is none. */
function isPlace(line: string): boolean {
  const named = (/\d/.test(line) && STREET.test(line)) || TOWN.test(line);
  const words = line.replaceAll(/[\p{N},/|-]+|\b(?:rue|via|calle|rua|ul|al|av|c|avenue|avenida|ulica)\b\.?/giu, ' ');
  return named && TITLE.test(words.replaceAll(/\s+/g, ' ').trim());
}

function isShouted(line: string): boolean {
  return line.includes(' ') && line === line.toUpperCase();
}

/** The last paragraph: a name, and at least two lines with an address or a number. Not where a colon announces it. */
function contactBlock(lines: readonly string[]): number | null {
  const start = lines.lastIndexOf('') + 1;
  const block = lines.slice(start).flatMap((line) => line.split(/ [|•·] /));
  const above = lines.slice(0, start);
  if (above.length === 0 || isAnnounced(above) || block.length > MAX_LINES || block.some(isPlace)) return null;
  const named = isName((block[0] ?? '').replace(/, \p{L}+\.\p{L}+\.$/u, ''));
  if (!named || block.filter(isContact).length < 2) return null;
  return isAboutSender(block, above) ? start : null;
}

/** "The card should read:" */
function isAnnounced(above: readonly string[]): boolean {
  return /[:：]$/u.test(above.findLast((line) => line !== '') ?? '');
}

function isQuestion(line: string): boolean {
  return /[?？¿؟]/u.test(line.slice(0, 1_000).replace(/https?:\S+/gu, ''));
}

/** Without the blank lines and rules at the end: below them stood what is gone. */
function trimmed(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line !== '' && line !== SIGNATURE_MARK && !SEPARATOR.test(line));
  return lines.slice(0, end + 1);
}
