/** What mail programs write above the message that is answered or passed on, in the languages in which they write it. */

/** "X wrote:". */
const WROTE_WORDS = [
  'wrote writes schrieb schreef geschreven écrit escribió escriu escrigué scritto escreveu escribiu skrev skreiv skrifaði kirjoitti',
  'napisał napisała pisze napsal napsala napísal napísala napisao napisala írta scris yazdı yazmış пише пишет писал написал написала написав написала написа',
  'έγραψε rašė parašė rakstīja kirjutas menulis идатзи idatzi shkroi scríobh ysgrifennodd kirjutab напиша напишал napisal napisalo scris escriure viết geskryf geschriwwen',
].join(' ');
/** Scripts without spaces, and those in which the verb is no word of its own. */
const WROTE_ANYWHERE = String.raw`写道|寫道|书写|のメッセージ|さんは書きました|작성|님이 쓴|כתב|כתבה|كتب|كتابة|نوشت|ने लिखा|লিখেছেন|เขียน|գրել|დაწერა`;

export const WROTE = new RegExp(
  String.raw`(?:^|[\s>)\]",.])(?:${WROTE_WORDS.replaceAll(' ', '|')})(?:[\s,:.\-(/]|$)|${WROTE_ANYWHERE}`,
  'iu',
);

/** The customer speaks of themselves: that is their message. */
export const FIRST_PERSON =
  /(?:^|[\s"'(])(?:i|we|ich|wir|ik|wij|je(?! (?:oseba|napisal))|nous|j['’]\p{L}+|yo|eu|io|noi|jag|vi|jeg|minä|já|ja|ben|я|ми|мы)(?=[\s,])|(?:^|\s)(?:he escrito|escribí|ho scritto|escrevi|napisałem|napisałam|psal jsem)(?:\s|$)/iu;

const LABEL_WORDS = {
  from: 'from von de da van fra från lähettäjä od nadawca feladó от de_la від kimden gönderen från από αποστολέας saatja kellelt no sūtītājs nuo siuntėjas от_кого відправник pošiljatelj expéditeur remitente remetente mittente afzender absender отправитель dari từ จาก מאת من 发件人 寄件者 寄件人 差出人 送信者 보낸_사람 보낸사람 message_du از',
  sent: 'sent gesendet envoyé envoyé_le enviado enviado_el enviado_em enviada_em inviato data_invio verzonden sendt skickat lähetetty wysłano wysłane odesláno odoslané küldve elküldve отправлено отправлен дата_отправки trimis надіслано дата_відправлення відправлено gönderilen gönderildi gönderilme_zamanı στάλθηκε εστάλη saadetud saatmisaeg nosūtīts išsiųsta изпратено poslano послато enviat dikirim đã_gửi ส่งเมื่อ נשלח تاريخ_الإرسال تم_الإرسال 发送时间 发送日期 寄件日期 傳送時間 已傳送 送信日時 보낸_날짜 보낸시간 ارسال_شده',
  date: 'date datum fecha data dato päivämäärä päiväys dátum дата tarih ημερομηνία kuupäev datums tanggal ngày วันที่ תאריך التاريخ 日期 时间 日付 날짜 el le am',
  other:
    'to an à a para aan til till vastaanottaja do komu címzett кому către pentru kime alıcı προς adresaat kellele kam kam: do_kogo prima до za получатель do: à: ke kepada đến ถึง אל إلى 收件人 收件者 宛先 받는_사람 받는사람 cc kopie copie copie_à kopi kopia cópia copia kopija másolatot копия копія bcc subject betreff objet asunto assunto oggetto onderwerp emne ämne aihe temat předmět predmet tárgy тема subiect konu θέμα teema temats tēma tema относно zadeva assumpte subjek perihal chủ_đề tiêu_đề เรื่อง נושא الموضوع 主题 主旨 主題 件名 제목 reply-to importance priority wichtigkeit',
} as const;

export type Label = keyof typeof LABEL_WORDS;
/** The labels of a quoted message's head, by what they name. */
export const LABELS: ReadonlyMap<string, Label> = new Map(
  (['other', 'date', 'sent', 'from'] as const).flatMap((label) =>
    LABEL_WORDS[label].split(' ').map((word) => [word.replaceAll('_', ' '), label] as const),
  ),
);

const ORIGINAL_MESSAGE = [
  String.raw`original message|original|original email|reply message|message d['’]origine|message original`,
  String.raw`urspr[üu]ngliche (?:nachricht|mail|e-mail)|original-?nachricht|antwort nachricht`,
  String.raw`oprindelig (?:besked|meddelelse)|opprinnelig melding|ursprungligt meddelande|originalmeddelande`,
  String.raw`alkuperäinen viesti|(?:mensaje|mensagem|missatge|mesaj(?:ul)?) original|messaggio originale`,
  String.raw`oorspronkelijk bericht|oryginalna wiadomość|wiadomość oryginalna|původní zpráva|pôvodná správa|eredeti üzenet`,
  String.raw`orijinal (?:mesaj|ileti)|özgün ileti|αρχικό μήνυμα|(?:исходное|оригинальное) сообщение`,
  String.raw`(?:вихідне|оригінальне) повідомлення|оригинално съобщение|(?:izvorna|originalna) poruka|izvirno sporočilo`,
  String.raw`originalus laiškas|algne kiri|pesan asli|tin nhắn gốc|thư gốc|ข้อความต้นฉบับ|הודעה מקורית|الرسالة الأصلية`,
  String.raw`(?:回复的)?原(?:始)?邮件|原始郵件|原始訊息|邮件原件|元のメッセージ|転送メッセージ|원본 ?메(?:시지|일)|message du [\d/ :]{8,20}`,
];
/** "-----Original Message-----". */
export const MARKER = new RegExp(
  String.raw`^[-_*=—> ]{1,40}\s?(?:${ORIGINAL_MESSAGE.join('|')})\s?:?[-_*=— ]{0,40}$`,
  'iu',
);

/** "---------- Forwarded message ---------", "Begin forwarded message:": what stands below is passed on, for us to read. */
export const FORWARDED = new RegExp(
  String.raw`^(?:[-_*=—]{2,40}\s?(?:${[
    'forwarded message|weitergeleitete (?:nachricht|e-?mail)|message transf[ée]r[ée]|mensaje reenviado|mensagem (?:re)?encaminhada',
    'messaggio inoltrato|doorgestuurd bericht|(?:treść )?przekazan(?:a|ej) wiadomo(?:ść|ści)|wiadomość przekazana|přeposlaná zpráva|preposlaná správa',
    'vidarebefordrat meddelande|videresendt (?:besked|meddelelse|melding)|välitetty viesti|továbbított (?:üzenet|levél)|mesaj redirecționat',
    '(?:iletilen|yönlendirilen) (?:mesaj|ileti)|προωθημένο μήνυμα|перес(?:ылаемое|ланное) сообщение|перес(?:илане|лане) повідомлення|препратено съобщение',
    'proslijeđena poruka|posredovano sporočilo|pesan terusan|thư đã chuyển tiếp|転送されたメッセージ|(?:已)?转发(?:的)?(?:邮件|信息|邮件信息)|轉寄(?:的)?郵件|전달된 메(?:시지|일)|הודעה שהועברה|رسالة (?:محولة|معاد توجيهها)',
  ].join('|')})\s?:?[-_*=— ]{0,40}|(?:${[
    'begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado',
    'início da mensagem (?:re)?encaminhada|inizio (?:del )?messaggio inoltrato|begin doorgestuurd bericht|początek (?:przekazywanej|przekazanej) wiadomości',
    'vidarebefordrat (?:brev|mejl)|start på videresendt \\S+|начало переадресованного сообщения|下面是被转发的邮件|전달된 메시지의 시작',
  ].join('|')})\s?[:：])\s*$`,
  'imu',
);

/** What ticket systems put above their mails; what stands above it in a quote was typed there. */
export const ANSWER_ABOVE = new RegExp(
  [
    String.raw`(?:reply|respond|response|answer|type|write)\b.{0,40}\babove (?:this|the) line`,
    String.raw`(?:do not|please do not|don't) write below this line`,
    String.raw`(?:ober|über)halb dieser (?:linie|zeile)|über dieser (?:linie|zeile)`,
    String.raw`au-dessus de cette ligne`,
    String.raw`(?:por )?(?:encima|arriba) de esta l[ií]nea`,
    String.raw`acima desta linha`,
    String.raw`sopra (?:a )?questa (?:riga|linea)`,
    String.raw`boven deze (?:regel|lijn)`,
    String.raw`(?:powyżej|nad) (?:tej|tą|ta) lini`,
    String.raw`nad (?:tímto|tento) řád`,
    String.raw`ovanför (?:den här|denna) (?:raden|linjen)|över denna (?:rad|linje)`,
    String.raw`over denne linj?en?`,
    String.raw`выше этой (?:линии|строки)`,
  ].join('|'),
  'iu',
);
