import { isSenderLine } from './signature.ts';

/**
 * What is put around a mail on its way, by no person: the banner of a gateway above it, the disclaimer of a company below it.
 * A paragraph is one where it says two things that no customer says together, so that nobody's own words go.
 */
const MAX_LENGTH = 4_000;
/** A banner is no longer, and stands among the first paragraphs. */
const MAX_BANNER = 600;
const MAX_ABOVE = 4;

const OUTSIDE =
  /\b(?:external|outside|originat\w+|unknown sender|un(?:usual|familiar) sender)\b|\bextern\w*|au(?:ß|ss)erhalb|unbekannte\w* absender|l['’]extérieur|expéditeur (?:externe|inconnu)|\bexterno|\bexterna\b|fuera de|fora da|esterno|zewnętrz|spoza|buiten (?:de|uw|onze)|mimo (?:\p{L}+ )?(?:organizac|společnost)|din afara|utanför|utenfor|uden ?for|ulkopuol|külső|kívülről|dışından|harici|внешн|за пределами|зовнішн|εξωτερικ|外部|社外|외부|חיצוני|خارج/iu;
const CAREFUL =
  /\b(?:click\w*|links?|attachments?|organi[sz]ation|recogni[sz]e|caution|be careful|suspicious|phish\w*|trust)\b|\blinkuri|\bklick\w*|anh[äa]ng\w*|organisation|vorsicht|absender|pièces? jointes?|cliquez|liens|prudence|enlaces?|adjuntos?|organización|clique|anexos?|organização|allegat\w*|fare clic|prudenza|załącznik|nie klikaj|kliknij|organizacj|bijlage|klik|kattint|tıkla|länk|lenke|linkke|odkaz|bağlantı|ссыл|посилан|σύνδεσμ|リンク|链接|連結|링크|bilag|vedlegg|bifog|liit|příloh|csatol|ekleri|вложен|вкладен|συνημμέν|添付|附件|첨부|קישור|روابط|مرفقات/iu;
/** An external door may be one to be careful with, too. */
const OF_MAIL =
  /mail|message|sender|organi[sz]ation|absender|nachricht|expéditeur|courriel|organi[sz]|remetente|mensaj|mensagem|correo|mittente|messaggio|afzender|bericht|wiadomość|nadawc|zpráv|avsändar|afsender|avsender|meddeland|e-?post|viesti|külső feladó|üzenet|e-?posta|письм|сообщен|отправител|лист|μήνυμα|αποστολ|メール|邮|郵|메일|הודעה|رسالة/iu;
const BANNER_BEGINS =
  /^[^\p{L}\p{N}]*(?:\[?(?:external|ext|caution|warning|attention|achtung|vorsicht|warnung|hinweis|atención|precaución|aviso|atenção|cuidado|attenzione|uwaga|let op|waarschuwing|externe?|varning|advarsel|varoitus|pozor|upozornění|figyelem|d[iİ]kkat|uyarı|atenție|внимание|осторожно|увага|προσοχ[ήη]|注意|警告|外部|주의|אזהרה|תשומת|تنبيه|تحذير)(?![a-zà-ž])|(?:this|the) (?:e-?mail|message|sender)|diese (?:e-?mail|nachricht)|ce (?:message|courriel|mail)|cet e-?mail|este (?:correo|mensaje|e-?mail)|esta mensagem|questa (?:e-?mail|mail)|questo messaggio|deze e-?mail|dit bericht|ta wiadomość|ten e-?mail|de[nt](?:te|ne|na|t?a| här) (?:e-?post|e-?mail|meddeland|mail)|tento e-?mail|tato zpráva|ez az? (?:e-?mail|üzenet)|bu e-?posta|это (?:письмо|сообщение)|цей лист|このメール|此(?:邮|郵)件)/iu;
/** Lines that are a banner, or a gateway's button, by themselves. */
const BANNER_ALONE = [
  /^[^\p{L}\p{N}]*\[?(?:external(?: (?:e-?mail|sender|message))?|ext|extern(?:e e-?mail)?)\]?[^\p{L}\p{N}]*$/iu,
  /^(?:report (?:(?:this|as|the) )?(?:(?:e-?mail|message|sender) )?(?:as )?(?:phish(?:ing)?|spam|suspicious)(?: (?:e-?mail|message))?|als phishing melden|phishing melden|signaler (?:comme )?(?:hameçonnage|phishing|indésirable))[^\p{L}]*$/iu,
  /^zjqcmqryfpfpt(?:preheader|banner)(?:start|end)$/iu,
  /(?:you don['’]t often get|some people who received this (?:message|e-?mail) don['’]t often get) e-?mail from\b/iu,
  /^(?:sie erhalten nicht (?:häufig|oft) e-?mails von|vous n['’](?:obtenez|recevez) pas souvent d['’]e-?mails? (?:à partir )?de|no suele recibir correos? (?:electrónicos? )?de|(?:você )?não costuma receber e-?mails? de|non si ricevono spesso messaggi (?:di posta elettronica )?da|u ontvangt niet vaak e-?mail van|nie często otrzymujesz)/iu,
];

const CONFIDENTIAL =
  /confiden[tț]ial|privileged|povjerljiv|poverljiv|поверљив|חסוי|סודי|سري|vertraulich|confidentiel|confidencia(?:l|is)|riservat|vertrouwelijk|poufn|důvěrn|dôvern|bizalmas|gizli|конфиденциал|конфіденц|εμπιστευτ|luottamuksellin|konfidentiell|fortrolig|sekretess|機密|保密|기밀/iu;
const ADDRESSEE =
  /addressee|recipient|intended (?:only|solely)|received (?:this|it) (?:\w+ ){0,3}in error|per errore|par erreur|por error|por engano|per vergissing|omyłkow|empfänger|adressat|irrtümlich|destinat[aá]r|primatelj|primalac|примал|נמען|للمستلم|destinataire|odbiorc|adresat|geadresseerde|ontvanger|bestemd|příjemc|adresát|címzett|alıcı|получател|адресат|αποδέκτη|παραλήπτη|vastaanottaj|mottagare|modtager|mottaker|unauthori[sz]ed|unbefugt|weitergabe|受信者|誤って|宛先|收件人|수신|non autorisée|no autorizad|não autorizad|non autorizzat/iu;
const MAIL =
  /e-?mail|\bmessage\b|transmission|communication|attach|nachricht|mitteilung|courriel|mensaje|correo|mensagem|messaggio|mesaj|poruk|порук|הודעה|رسالة|wiadomo|bericht|zpráv|správ|üzenet|ileti|письм|сообщен|лист|μήνυμα|viesti|meddelande|e-?posta|メール|邮件|郵件|메일/iu;
const HEADING =
  /^[^\p{L}\p{N}]*(?:(?:legal |e-?mail )?disclaimer|(?:confidentiality|legal|privacy|important) not(?:ic)?e|haftungsausschluss|vertraulichkeitshinweis|rechtlicher hinweis|avis (?:de confidentialité|légal)|clause de confidentialité|aviso (?:legal|de (?:privacidad|confidencialid?ad[e]?))|avvertenze? legal|nota di riservatezza|klauzula poufności)[^\p{L}\p{N}]*(?:$|[:.\n–-])/iu;
const BEFORE_PRINTING =
  /(?:ob|si|if|whether|before|bevor|avant) .{0,40}(?:e-?mail|mail|message|nachricht)\b.{0,30}(?:ausgedruckt|imprim|print(?:ed|ing))|(?:environment|planet|\btrees?\b|umwelt|b[aä]um|arbre|árbol|árvore|environnement|medio ?ambiente|meio ambiente|ambiente|milieu|środowisk).{0,80}(?:print|drucken|ausdruck|imprim|stampar|printen|wydruk)|(?:print|drucken|ausdruck|imprim|stampar|printen|wydruk).{0,80}(?:environment|planet|\btrees?\b|umwelt|b[aä]um|arbre|árbol|árvore|environnement|medio ?ambiente|meio ambiente|ambiente|milieu|środowisk)/iu;
/** What is not to be printed; an invoice of the customer's may be another thing. */
const THIS_MAIL =
  /e-?mail|\bmail\b|message|before (?:you )?print|nachricht|bevor sie|vor dem (?:aus)?druck|avant d['’]imprimer|courriel|antes de imprimir|prima di stampare|voordat u|wydruk\p{L}* wiadomo/iu;
const CHECKED =
  /^(?:this (?:e-?mail|message) (?:has been|was) (?:scanned|checked|swept)|diese e-?mail wurde (?:auf viren|von .{2,40}) (?:ge|über)prüft|virus-?free\b|virenfrei\b|sans virus|libre de virus|scanned by)/iu;
const LIST =
  /^[^\p{L}]*(?:you(?:['’]re| are| have)? receiv(?:ed|ing) this (?:(?:e-?mail|message) )?because you.{0,12} (?:subscribe|comment|mention|sign|regist|opted|member|assign|watch|author)|reply to this e-?mail directly or|to unsubscribe from this (?:group|list)|sie erhalten diese (?:e-?mail|nachricht), weil sie .{0,60}(?:abonn|angemeldet|registriert|mitglied)|vous recevez ce (?:message|courriel|mail|e-?mail) (?:car|parce qu).{0,60}(?:inscri|abonn)|(?:has recibido|recibes|usted recibe) este (?:mensaje|correo) porque .{0,60}(?:suscri|registr))|^_{20,} \S+ mailing list \S+@|^(?:follow|find) us on\b|^folgen sie uns|^suivez-nous|^síguenos|^siga-nos|^seguici|^volg ons|^.{2,60} (?:is )?(?:a company )?registered in (?:england|scotland|wales|ireland)\b/iu;
/** "We accept no liability for this e-mail." */
const NOT_LIABLE =
  /(?:accepts?|assumes?|accepting|assuming) (?:no|any) (?:\w+ ){0,3}(?:liability|responsibility)|keine(?:rlei)? (?:haftung|gewähr|verantwortung)|décline toute responsabilité|no (?:se hace|asume) .{0,20}responsab|não se responsabiliza|(?:declina|non si assume) .{0,30}responsabilità|geen aansprakelijkheid|nie ponosi odpowiedzialności/iu;
const BY_THIS_MAIL =
  /(?:this|diese[rs]?|cet?|est[ea]|quest[oa]|dit|deze|tej) (?:e-?mail|mail|message|nachricht|courriel|correo|mensa|messaggio|bericht|wiadomo)/iu;
/** What a company says about the data of who reads it. A customer writes of their own. */
const YOUR_DATA =
  /your personal (?:data|information)|ihre[rn]? (?:personenbezogenen )?daten|vos données (?:personnelles|à caractère)|sus datos (?:personales|de carácter)|(?:os )?seus dados pessoais|suoi dati personali|uw persoonsgegevens|(?:twoich|państwa|pani\/pana) danych/iu;
const POLICY =
  /privacy (?:policy|notice|statement)|datenschutz|(?:politique|charte) de (?:confidentialité|protection)|pol[ií]tica de (?:privacidad|privacidade|protección)|informativa|privacy-?(?:verklaring|beleid)|polityk\p{L} prywatności|RGPD|GDPR|DSGVO/iu;
/** It says of itself what it holds; "Please keep this message confidential" asks for something. */
const OF_ITSELF =
  /\b(?:contains?|contained|may be|may contain|intended|protected)\b|enthält|enthalten|beinhalt|contien|conten|contém|conter|zawier|obsahuj|innehåll|indeholder|inneholder|tartalmaz|içer|содерж|містит|περιέχ|sisältää|conțin|含|포함/iu;
/** "If you are not the one", "in error". */
const NOT_MEANT =
  /not the|in error|by mistake|nicht der|irrtümlich|falls sie|sollten sie|n['’]êtes pas|par erreur|no es |por error|não (?:é|for) |por engano|non (?:è|siete|foste)|per errore|niet de|per vergissing|nie (?:jest|są)|omyłk|nejste|omylem|nem ön|téved|nu sunteți|din greșeală|не явля|не адресат|ошиб|помил|nisте|niste|нисте|δεν είστε|λάθος|誤って|错收|誤收|잘못|בטעות|بالخطأ|inte är|av misstag|ikke er|ved en fej?l|et ole|vahingossa|değil|yanlışlıkla/iu;
const LEGAL =
  /prohibited|retransmi|dissemin|notify|copy|disclos|distribut|copia|copier|kopier|kopi|divulg|weiterverbreit|verbreit|delete|destroy|unlawful|illegal|liab|untersagt|verboten|unzulässig|nicht gestattet|rechtlich|strafbar|veröffentlich|informieren|löschen|vernichten|haft|interdit|supprimer|prohibid|elimin|proibid|vietat|cancell|verboden|niet toegestaan|verwijder|zabronion|niedozwolon|usun|niezwłocznie|vymaž|smaž|radera|slet|töröl|silin|удал|διαγρά|poista|削除|删除|刪除|삭제/iu;
/** Two things of which no customer speaks in one breath. */
const SIGNS: readonly RegExp[][] = [
  [BEFORE_PRINTING, THIS_MAIL],
  [YOUR_DATA, POLICY],
  [NOT_LIABLE, BY_THIS_MAIL],
  [CONFIDENTIAL, ADDRESSEE],
  [CONFIDENTIAL, MAIL, OF_ITSELF],
];
/** Who speaks of themselves writes, whatever the words are. */
export const PERSONAL =
  /(?<!\p{L})(?:I|I['’]m|[Mm](?:y|e|ine|ir|ich|ein\w*|on|a|es|oi|is?|eu|inha|i[oa]|ijn|ój|oja|oje|nie)|[Ii]ch|(?<![ěřůščž][^]{0,400})[Jj]e(?![^]{0,400}[ěřůščž])|[Jj]['’]\w+|[Yy]o|[Ee]u|[Ii]o|[Ii]k)(?!\p{L})/u;

/** The text's lines without banners above and disclaimers below. */
export function withoutNotices(lines: readonly string[]): string[] {
  const paragraphs = paragraphsOf(withoutArmour(lines));
  const said = paragraphs.filter(({ text }) => text !== '');
  const above = said
    .slice(0, MAX_ABOVE)
    .findIndex((paragraph) => !isBanner(paragraph.text) && !isConfidential(paragraph));
  const banners = new Set(said.slice(0, above === -1 ? MAX_ABOVE : above));
  const goes = (paragraph: Paragraph) => isDisclaimer(paragraph) || paragraph.lines.every(isSenderLine);
  const below = said.slice(said.findLastIndex((paragraph) => !goes(paragraph)) + 1);
  const first = below.findIndex(isDisclaimer);
  const gone = new Set([...banners, ...(first === -1 ? [] : below.slice(first))]);
  return paragraphs.filter((paragraph) => !gone.has(paragraph)).flatMap((paragraph) => paragraph.lines);
}

/** What a signed mail carries around its text where the program that shows it does not know what it is. */
function withoutArmour(lines: readonly string[]): readonly string[] {
  const begin = lines.indexOf('-----BEGIN PGP SIGNED MESSAGE-----');
  const end = lines.indexOf('-----BEGIN PGP SIGNATURE-----', begin);
  if (begin === -1 || end === -1) return lines;
  const last = lines.indexOf('-----END PGP SIGNATURE-----', end);
  const text = lines.slice(begin + 1, end).filter((line) => !line.startsWith('Hash: SHA'));
  return [...lines.slice(0, begin), ...text, ...(last === -1 ? [] : lines.slice(last + 1))];
}

type Paragraph = { lines: string[]; text: string };

function paragraphsOf(lines: readonly string[]): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) paragraphs.push({ lines: open, text: open.join(' ') });
    open = [];
  };
  for (const line of lines) {
    // A gateway's line stands directly above the customer's.
    const alone = line !== '' && BANNER_ALONE.some((pattern) => pattern.test(line.slice(0, MAX_BANNER)));
    if (line === '' || alone) close();
    if (line === '') paragraphs.push({ lines: [''], text: '' });
    else open.push(line);
    if (alone) close();
  }
  close();
  return paragraphs;
}

function isBanner(text: string): boolean {
  if (text.length > MAX_BANNER) return false;
  if (BANNER_ALONE.some((pattern) => pattern.test(text))) return true;
  const says = [BANNER_BEGINS, OUTSIDE, CAREFUL, OF_MAIL].every((pattern) => pattern.test(text));
  return says && !PERSONAL.test(text) && !/\?/.test(text);
}

function isDisclaimer(paragraph: Paragraph): boolean {
  const text = paragraph.text.slice(0, MAX_LENGTH);
  if (
    HEADING.test(paragraph.lines[0] ?? '') ||
    CHECKED.test(text) ||
    BANNER_ALONE.some((pattern) => pattern.test(text.slice(0, MAX_BANNER)))
  )
    return true;
  if (PERSONAL.test(text) || /\?/.test(text)) return false;
  if (LIST.test(text) || SIGNS.some((signs) => signs.every((sign) => sign.test(text)))) return true;
  // The second paragraph of a disclaimer does not say again that it is confidential.
  return (
    [ADDRESSEE, MAIL, LEGAL].every((sign) => sign.test(text)) &&
    (NOT_MEANT.test(text) || LEGAL.test(text.replace(LEGAL, '')))
  );
}

/** Some companies put theirs above the text: there it has to say everything at once. */
function isConfidential(paragraph: Paragraph): boolean {
  const text = paragraph.text.slice(0, MAX_LENGTH);
  return isDisclaimer(paragraph) && [CONFIDENTIAL, ADDRESSEE, MAIL, LEGAL].every((sign) => sign.test(text));
}
