import { folded } from './text.ts';

/**
 * The marks of mails that no person wrote, in the languages in which mail programs write them. Everything is matched against
 * folded text (lower case, no accents), from the beginning: what a customer quotes or mentions is no mark.
 */

export const BOUNCE_SENDER = /^(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon)(?:\+.*)?(?:@|$)/;
export const BOUNCE_NAME =
  /^"?(?:mail delivery (?:sub)?(?:system|service)|mailer[- ]daemon|internet mail delivery|mail administrator|system administrator)\b/;
/** Nobody reads an answer to these. */
export const NO_REPLY_SENDER =
  /^(?:[a-z0-9.+_-]*[.+_-])?(?:no-?_?reply|do-?_?not-?_?reply|nicht-?antworten|keine-?antwort|ne-?pas-?repondre|no-?responder|nao-?responda|non-?rispondere|geen-?antwoord)(?:[.+_-][a-z0-9.+_-]*)?@/;
export const LIST_SENDER =
  /^(?:newsletters?|news|marketing|mailing|mailings|mailinglist|promo|promotions|campaigns?|offers|angebote|offres|ofertas)(?:[.+_-].*)?@/;
export const UNSUBSCRIBE =
  /unsubscribe|opt[- ]out|abmelden|abbestellen|austragen|desabonner|desinscrire|darse de baja|darte de baja|cancelar (?:a )?(?:inscri|subscri|suscri)|descadastr|disiscri|annulla l'iscrizione|uitschrijven|afmelden/;
/** What newsletters say above everything else. */
export const VIEW_IN_BROWSER =
  /(?:view|read|open|see|display) (?:(?:this|the|our) )?(?:(?:e-?mail|message|newsletter|it) )?(?:in|with) (?:your |a |the )?(?:web )?browser|view (?:it )?online|web version|im browser (?:ansehen|anzeigen|offnen)|(?:online|web) ?-?(?:version|ansicht)|(?:voir|afficher|lire) .{0,30}(?:navigateur|en ligne)|version en ligne|ver .{0,30}(?:navegador|en linea|online)|visualizza .{0,30}browser|bekijk .{0,30}browser/;

/** What programs write in front of the subject they answer to, in the languages in which they write it. */
const AUTO_REPLY_WORDS = [
  'automatic reply|automated reply|auto reply|autoreply|automatic response|automated response|auto response|autoresponse|autoresponder|automatic answer|out of office|out of the office|out of office reply|out of office autoreply|out of office message|out of office notification|ooo|vacation reply|vacation response',
  'automatische antwort|automatische rückantwort|autom. antwort|abwesenheitsnotiz|abwesenheitsnachricht|abwesenheitsmeldung|abwesenheitsassistent|automatische abwesenheitsnotiz|automatische eingangsbestätigung',
  "réponse automatique|réponse auto|absence du bureau|message d'absence|notification d'absence|message automatique",
  'respuesta automática|fuera de la oficina|fuera de oficina|mensaje automático|autorespuesta',
  'resposta automática|fora do escritório|ausência temporária|mensagem automática|resposta automàtica|autorresposta',
  'risposta automatica|fuori ufficio|fuori sede|messaggio automatico|risponditore automatico',
  'automatisch antwoord|automatische antwoord|automatische beantwoording|afwezigheidsbericht|afwezigheidsassistent',
  'odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|wiadomość automatyczna|poza biurem',
  'autosvar|automatiskt svar|automatisk svar|frånvaromeddelande|fraværsmelding|fraværsbesked|sjálfvirkt svar',
  'automaattinen vastaus|poissaoloviesti|poissaoloilmoitus|automaatvastus|automātiskā atbilde|automatinis atsakymas',
  'automatická odpověď|automatická odpoveď|mimo kancelář|mimo kanceláriu|samodejni odgovor|samodejni odziv|automatski odgovor|automatska poruka',
  'automatikus válasz|házon kívül|răspuns automat|mesaj automat|otomatik yanıt|otomatik cevap|ofis dışında',
  'αυτόματη απάντηση|εκτός γραφείου|απάντηση εκτός γραφείου|автоматический ответ|автоответ|автоматична відповідь|автовідповідь|автоматичен отговор|аутоматски одговор',
  'erantzun automatikoa|balasan otomatis|balasan automatik|trả lời tự động|thư trả lời tự động|การตอบกลับอัตโนมัติ|ตอบกลับอัตโนมัติ|स्वचालित उत्तर',
  'תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד|رد تلقائي|الرد التلقائي|خارج المكتب|پاسخ خودکار',
  '自動返信|自動応答|不在通知|不在返信|자동 회신|자동회신|자동 응답|부재중|自动回复|自动答复|自動回覆|自動回复|自动回覆',
];
/** People write these, too: they say something together with a text that no person writes. */
const MAYBE_AUTO_REPLY_WORDS = [
  'auto|abwesend|abwesenheit|absent|absence|ausencia|ausente|assenza|assente|afwezig|afwezigheid|frånvaro|fravær|nieobecność|на отпуске|в отпуске|不在|外出|away|on vacation|vacation|urlaub',
];
/** What mail servers write there. So do people whose parcel has not come. */
const BOUNCE_WORDS = [
  'undeliverable|undelivered mail returned to sender|undelivered mail|delivery status notification|message status notification|delivery failure|delivery failed|delivery notification|delivery has failed|mail delivery failed|mail delivery failure|mail delivery subsystem|mail delivery system|returned mail|failure notice|postmaster notify|delayed mail|delivery delayed|warning: could not send message|message you sent blocked|message not delivered|mail not delivered|message delivery delayed|message blocked|mail system error|nondeliverable mail|rejected mail',
  'unzustellbar|nicht zustellbar|übermittlung fehlgeschlagen|zustellung fehlgeschlagen|mail konnte nicht zugestellt werden|nachricht nicht zugestellt|zustellungsfehler|fehler bei der zustellung',
  'non remis|non distribuable|échec de remise|échec de la remise|échec de distribution|message non distribué|no se puede entregar|no entregado|error de entrega|no entregable|mensaje no entregado|não é possível entregar|não entregue|falha na entrega|falha de entrega|mancato recapito|impossibile recapitare|non recapitabile|mancata consegna|onbestelbaar|niet bezorgd|niet te bezorgen|bezorging mislukt',
  'nie można dostarczyć|niedostarczalne|niedostarczona|nie dostarczono|nedoručitelné|nedoručiteľné|kézbesíthetetlen|imposibil de livrat|teslim edilemedi|olevererbart|går inte att leverera|kan ikke leveres|kunne ikke leveres|ei voida toimittaa|toimitus epäonnistui|недоставленное сообщение|не удается доставить|не удалось доставить|не доставлено|μη παραδοτέο',
  '无法送达|未送达|退信|无法投递|未传递|無法傳遞|配信不能|配信できません|전달할 수 없음|배달되지 않음|לא ניתן למסירה|تعذر التسليم',
];

const opens = (lists: readonly string[]) =>
  new RegExp(
    String.raw`^(?:${lists
      .flatMap((list) => list.split('|'))
      .map((words) =>
        folded(words)
          .replaceAll('.', String.raw`\.`)
          .replaceAll(' ', '[ -]'),
      )
      .toSorted((a, b) => b.length - a.length)
      .join('|')})\s*(?:[:：(\[*–-]|$|(?:re|aw|sv|tr|rv)\s*:)`,
    'u',
  );
/** Each stands at the very beginning of a subject, and is followed by the original one or by nothing. */
export const AUTO_REPLY_SUBJECT = opens(AUTO_REPLY_WORDS);
export const MAYBE_AUTO_REPLY_SUBJECT = opens(MAYBE_AUTO_REPLY_WORDS);
export const BOUNCE_SUBJECT = opens(BOUNCE_WORDS);
/** What gateways and ticket systems put before a subject: "[External]", "*EXT*", "{Spam?}", "[#4711]". */
export const SUBJECT_PREFIX =
  /^(?:\s*(?:\[[^\]]{1,40}\]|\{[^}]{1,40}\}|<[^<>@]{1,20}>|\([^)]{1,20}\)|\*{1,3}[^*]{1,30}\*{1,3}|【[^】]{1,20}】|(?:external(?: e-?mail| sender)?|extern|ext|spam|caution|warning)\s*[:|-])\s*)+/;
/** Reports that mailbox providers send when someone presses "this is spam". */
export const FEEDBACK_SUBJECT = /^(?:e-?mail feedback report|abuse report|complaint about message)\b/;
export const FEEDBACK_TEXT = /^this is an? (?:e-?mail )?abuse report\b/;

/** What mail servers begin their reports with. No person does. */
export const BOUNCE_TEXT =
  /^(?:this is the .{0,60}\bat host\b|(?:hi\. )?this is the qmail-send program|i'm (?:very )?sorry to (?:have to )?inform you that (?:your|the) message|delivery (?:has failed to|to the following (?:recipient|address))|\S+ rejected your message to the following|the original message was received at|this (?:message|report) was (?:created|generated) automatically by (?:the )?mail|a message that you (?:have )?sent could not be delivered|this is (?:only )?a (?:notification about a delay|delivery status notification|warning message only)|your message to .{1,120} was automatically rejected|address not found your message|message (?:not delivered|blocked) (?:there was a problem|your message)|reporting-mta:|diese nachricht wurde automatisch (?:vom|von) .{0,40}(?:mail|server|system)|(?:fehler bei der|beim senden|die) .{0,40}(?:nachrichtenzustellung|zustellung) .{0,60}(?:fehlgeschlagen|gescheitert)|fehler bei der nachrichtenzustellung|echec de la remise|la remise .{0,60} a echoue|error (?:de|en la) entrega a estos destinatarios|falha na entrega para (?:estes|esses|os seguintes)|impossibile recapitare il messaggio)/;
/** These a person may say too: believed with a server's words beside them. */
export const BOUNCE_CLAIM =
  /^(?:(?:your|the) (?:message|e-?mail) .{0,120}?(?:could ?n(?:o|')t be delivered|was ?n(?:o|')t delivered|has not been delivered|was undeliverable|could not be sent)|(?:ihre|die) (?:nachricht|e-?mail) .{0,120}?(?:konnte .{0,80}nicht (?:zugestellt|ubermittelt)|wurde nicht zugestellt)|votre (?:message|e-?mail) .{0,80}?n'a (?:pas pu etre|pas ete) (?:remis|distribue|envoye)|(?:su|el|tu) mensaje .{0,80}?no (?:se (?:ha podido|pudo)|ha podido ser|pudo ser) (?:entregar|entregado)|(?:a )?(?:sua )?mensagem .{0,80}?nao (?:foi|pode ser|pude ser) entregue|il (?:tuo|suo)? ?messaggio .{0,80}?non e stato (?:recapitato|consegnato)|uw bericht .{0,80}?niet (?:bezorgd|afgeleverd))/;
export const SERVER_WORDS =
  /\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b|\b[45]\.\d{1,3}\.\d{1,3}\b|diagnostic information|\bsmtp\b|\bdsn\b|postmaster|mailer-daemon|remote (?:mail )?server|mailbox (?:is )?(?:full|unavailable|not found)|user unknown|recipient address rejected|no such user|host or domain name not found|final-recipient/;

/** Mails that say what they are. */
export const AUTO_REPLY_TEXT =
  /^(?:(?:hello|hi|hallo|bonjour|hola|ola|dear \w+|guten tag|sehr geehrte damen und herren)[,!. ]+)?(?:this is an auto(?:matic|mated|-?generated) (?:reply|response|message|notification|e-?mail)|this (?:message|e-?mail|reply) (?:was|is|has been) (?:sent |generated |created )?automatic|dies(?:e nachricht|e e-?mail)? (?:ist|wurde) (?:eine )?automatisch(?:e)? ?(?:generiert|erstellt|erzeugt|versandt|versendet|antwort|nachricht|e-?mail)|ceci est (?:une reponse|un message) automatique|(?:este|esta) es (?:un mensaje automatico|una respuesta automatica|un correo automatico)|(?:esta|este) e uma? (?:resposta|mensagem|e-?mail) automatic[ao]|questa e una risposta automatica|questo e un messaggio automatico|dit is een automatisch(?:e)? (?:antwoord|bericht|e-?mail))/;
/** "I am out of the office": a person says it too. */
export const ABSENT =
  /\b(?:i(?:'m| am| will be)(?: \w+){0,3} (?:away\b|out of (?:the )?office|on (?:\w+ )?(?:leave|vacation|holidays?)|travell?ing|out (?:today|until|till|from)|not in the office|unavailable)|ich (?:bin|befinde mich|habe)(?: [\w.]+){0,8} (?:nicht im (?:buro|haus)|abwesend|(?:im|in) (?:\w+ )?urlaub|ausser haus|auf dienstreise|in elternzeit|nicht erreichbar|urlaub)|je (?:suis|serai)(?: \w+){0,3} (?:absente?|en conges?|en vacances|en deplacement)|(?:estoy|estare|me encuentro)(?: \w+){0,3} (?:fuera de (?:la )?oficina|de vacaciones|ausente)|(?:estou|estarei|encontro-me)(?: \w+){0,3} (?:fora do escritorio|de ferias|ausente)|(?:sono|saro)(?: \w+){0,3} (?:fuori ufficio|in ferie|assente)|ik ben(?: \w+){0,4} (?:afwezig|niet (?:op kantoor|aanwezig)|met vakantie|op vakantie))\b/;
/** What a person does not say to a shop: who reads the mail meanwhile. */
export const ABOUT_MAIL =
  /\b(?:(?:limited|intermittent|no|sporadic|reduced) access to (?:my )?(?:e-?mails?|phone|internet)|(?:respond|reply|answer|get back)(?: \w+){0,6} (?:upon|on|after|when|once) (?:my return|i return|i(?:'m| am) back)|(?:for|in) (?:an? )?(?:urgent|pressing|emergency|immediate)(?: \w+){0,2} (?:matters?|cases?|issues?|inquiries|requests?|assistance|help)|(?:need|require) (?:immediate|urgent) (?:assistance|help|attention)|(?:in|during) my absence|(?:if|when) (?:it is |this is |it's )?urgent|your (?:e-?mail|message) (?:will|has) (?:not )?be(?:en)? (?:read|forwarded)|in dringenden (?:fallen|angelegenheiten)|meine vertretung|vertritt mich|nach meiner ruckkehr|(?:e-?mails?|nachrichten?) (?:wird|werden)(?: \w+){0,3} (?:gelesen|beantwortet|bearbeitet|weitergeleitet)|en cas d'urgence|pour toute urgence|a mon retour|acces limite|pendant mon absence|a mi (?:regreso|vuelta)|(?:si es|para asuntos|en caso) (?:de )?urgen(?:te|tes|cia)|acceso limitado|durante mi ausencia|no meu (?:regresso|retorno)|(?:em caso de urgencia|assuntos urgentes)|acesso limitado|durante a minha ausencia|al mio rientro|in caso di urgenza|bij dringende|tijdens mijn afwezigheid)\b/;
/** Who asks for something is a person, whatever stands around it. */
export const ASKS =
  /\?|\b(?:my (?:order|account|parcel|package|invoice|subscription|refund|delivery)|(?:can|could|would|will) you|i (?:need|want|would like)|i'd like|(?:call|phone|ring|text|contact) me|please (?:send|deliver|ship|cancel|refund|change|update|hold|delay|reschedule|confirm|tell|let me)|meine[rn]? (?:bestellung|konto|paket|rechnung|lieferung|abo)|konnen sie|konnten sie|ich (?:brauche|mochte|benotige)|bitte (?:senden|schicken|liefern|stornieren|andern)|ma (?:commande|livraison|facture)|mon (?:compte|colis)|pouvez-vous|pourriez-vous|je (?:voudrais|souhaite)|veuillez (?:envoyer|livrer|annuler)|mi (?:pedido|cuenta|factura|paquete)|(?:pueden?|podrian?) (?:\w+ )?(?:enviar|cancelar|cambiar)|(?:necesito|quiero|quisiera)|(?:meu|minha) (?:pedido|conta|encomenda|fatura)|(?:podem?|poderiam?) (?:\w+ )?(?:enviar|cancelar|mudar)|(?:preciso|quero|gostaria))\b/;
/** The subject and the text of a program's report: a read receipt, a calendar's answer to an invitation. */
export const REPORTS: readonly (readonly [subject: RegExp, text: RegExp])[] = [
  [
    /^(?:read|not read|gelesen|ungelesen|lu|non lu|leido|no leido|lida|nao lida|letto|gelezen|przeczytano|last|laest|lest|luettu|precteno|precitane|olvasva|okundu|prochitano|прочитано|citit)\s?:/,
    /^(?:your message|ihre nachricht|votre message|su mensaje|(?:a )?sua mensagem|il (?:tuo |suo )?messaggio|uw bericht|(?:twoja |panstwa )?wiadomosc|ditt meddelande|din meddelelse|meldingen din|viestisi|vase zprava|az on(?:nek a kovetkezo)? uzenet\S*|iletiniz|ваше (?:сообщение|письмо)|ваше повідомлення)\b.{0,400}?\b(?:was read|wurde .{0,60}gelesen|was deleted without being read|a ete lu|fue leido|foi lida|e stato letto|gelezen|zosta[lł]a (?:przeczytana|odczytana)|lastes|blev laest|ble lest|on luettu|byla prectena|elolvas|okundu|прочитан)/,
  ],
  [
    /^(?:accepted|declined|tentative|tentatively accepted|angenommen|zugesagt|abgelehnt|abgesagt|mit vorbehalt|accepte|refuse|decline|provisoire|aceptad[oa]|aceptada|rechazad[oa]|provisional|aceit[oa]|recusad[oa]|accettat[oa]|rifiutat[oa]|geaccepteerd|afgewezen|zaakceptowano|odrzucono)\s?:/,
    /\b(?:has (?:accepted|declined|tentatively accepted|replied (?:["'a-z]+ )?to) (?:this|the|your) (?:invitation|event|meeting)|hat (?:diese|die|ihre) (?:einladung|besprechung|termin\w*) .{0,40}(?:angenommen|abgelehnt|zugesagt|akzeptiert)|a (?:accepte|refuse|decline) (?:cette|l'|votre) ?(?:invitation|reunion)|ha (?:aceptado|rechazado) (?:esta|la|tu|su) (?:invitacion|reunion)|(?:aceitou|recusou) (?:este|esse|o) convite|ha (?:accettato|rifiutato) (?:questo|l'|il tuo|il suo) ?invito|heeft (?:deze|de|uw) (?:uitnodiging|vergadering) (?:geaccepteerd|afgewezen))\b/,
  ],
];
/** Nobody answers here; nobody opens this mailbox any more; nothing but where to write from now on. People ask beside it. */
export const NOBODY_READS = [
  /^(?:(?:hello|hi|dear \w+)[,!. ]+)?(?:please )?do not reply to this (?:message|e-?mail)/,
  /^(?:this|the) (?:e-?mail )?(?:inbox|mailbox|address|account)\b.{0,120}?\b(?:no longer (?:in use|monitored|active|checked|valid)|not (?:being )?monitored|unattended|is closed)\b.{0,60}?\b(?:please (?:contact|use|direct|send|write|visit|resend)|contact us|for assistance)|^(?:dieses|diese) (?:postfach|e-?mail-?adresse|mailbox)\b.{0,80}?\bnicht mehr\b.{0,80}?\b(?:bitte|wenden)/,
  /^(?:in (?:the )?future|from now on|zukunftig|kunftig|ab sofort|desormais|dorenavant|en adelante|a partir de ahora|no futuro|de agora em diante|in futuro|voortaan)\b[:,]?(?: please| bitte| use| write to| an| a| to| unter| naar)* ?<?\S+@\S+>?[.!]?$/,
];
