/** A reply as one mail program sends it: what its user wrote, in paragraphs, and the message it answers. */
export type MailProgram = {
  name: string;
  /** HTML; `own` and `quoted` are paragraphs of plain text. */
  write: (own: readonly string[], quoted: readonly string[]) => string;
};

const SHOP = 'Shop Care &lt;care@shop.example&gt;';
const LINKED = 'Shop Care &lt;<a href="mailto:care@shop.example">care@shop.example</a>&gt;';

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Lines of a paragraph as each program breaks them. */
function inDivs(paragraphs: readonly string[], attributes = ''): string {
  return paragraphs
    .map((paragraph) =>
      paragraph
        .split('\n')
        .map((line) => `<div${attributes}>${escaped(line)}</div>`)
        .join(''),
    )
    .join(`<div${attributes}><br></div>`);
}

function inParagraphs(paragraphs: readonly string[], attributes = ''): string {
  return paragraphs.map((text) => `<p${attributes}>${escaped(text).replaceAll('\n', '<br>')}</p>`).join('\n');
}

function inBreaks(paragraphs: readonly string[]): string {
  return escaped(paragraphs.join('\n\n')).replaceAll('\n', '<br>\n');
}

function inWord(paragraphs: readonly string[]): string {
  return paragraphs
    .flatMap((paragraph) => [...paragraph.split('\n').map(escaped), '&nbsp;'])
    .map((line) => `<p class="MsoNormal"><span style="font-size:11.0pt">${line}<o:p></o:p></span></p>`)
    .join('\n');
}

function quotedLines(paragraphs: readonly string[]): string {
  return paragraphs
    .join('\n\n')
    .split('\n')
    .map((line) => escaped(`> ${line}`.trim()))
    .join('<br>\n');
}

type Labels = readonly [from: string, sent: string, to: string, subject: string];

/** The head of Outlook, in the language of the installation. */
function outlookHead([from, sent, to, subject]: Labels, date: string): string {
  return `<b>${from}:</b> ${SHOP}<br><b>${sent}:</b> ${date}<br><b>${to}:</b> Kim Lee &lt;kim@client.example&gt;<br><b>${subject}:</b> Re: Order 4711`;
}

const EXCHANGE: readonly [language: string, labels: Labels, date: string][] = [
  ['English', ['From', 'Sent', 'To', 'Subject'], 'Tuesday, November 3, 2026 10:12 AM'],
  ['German', ['Von', 'Gesendet', 'An', 'Betreff'], 'Dienstag, 3. November 2026 10:12'],
  ['French', ['De', 'Envoyé', 'À', 'Objet'], 'mardi 3 novembre 2026 10:12'],
  ['Spanish', ['De', 'Enviado', 'Para', 'Asunto'], 'martes, 3 de noviembre de 2026 10:12'],
  ['Portuguese', ['De', 'Enviado', 'Para', 'Assunto'], 'terça-feira, 3 de novembro de 2026 10:12'],
  ['Italian', ['Da', 'Inviato', 'A', 'Oggetto'], 'martedì 3 novembre 2026 10:12'],
  ['Dutch', ['Van', 'Verzonden', 'Aan', 'Onderwerp'], 'dinsdag 3 november 2026 10:12'],
  ['Polish', ['Od', 'Wysłano', 'Do', 'Temat'], 'wtorek, 3 listopada 2026 10:12'],
  ['Czech', ['Od', 'Odesláno', 'Komu', 'Předmět'], 'úterý 3. listopadu 2026 10:12'],
  ['Romanian', ['De la', 'Trimis', 'Către', 'Subiect'], 'marți, 3 noiembrie 2026 10:12'],
  ['Turkish', ['Kimden', 'Gönderilen', 'Kime', 'Konu'], '3 Kasım 2026 Salı 10:12'],
  ['Greek', ['Από', 'Στάλθηκε', 'Προς', 'Θέμα'], 'Τρίτη, 3 Νοεμβρίου 2026 10:12'],
  ['Ukrainian', ['Від', 'Надіслано', 'Кому', 'Тема'], '3 листопада 2026 р. 10:12'],
  ['Hungarian', ['Feladó', 'Elküldve', 'Címzett', 'Tárgy'], '2026. november 3., kedd 10:12'],
  ['Croatian', ['Od', 'Poslano', 'Prima', 'Predmet'], 'utorak, 3. studenoga 2026. 10:12'],
  ['Japanese', ['差出人', '送信日時', '宛先', '件名'], '2026年11月3日 10:12'],
];

const outlookInLanguages: readonly MailProgram[] = EXCHANGE.flatMap(([language, labels, date]): MailProgram[] => [
  {
    name: `Outlook for Windows, ${language}`,
    write: (own, quoted) =>
      `<div class="WordSection1">${inWord(own)}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${outlookHead(labels, date)}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>${inWord(quoted)}</div>`,
  },
  {
    name: `Outlook on the web, ${language}`,
    write: (own, quoted) =>
      `${inDivs(own, ' class="elementToProof" style="font-family: Aptos, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);"')}<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">${outlookHead(labels, date)}</font><div>&nbsp;</div></div><div>${inParagraphs(quoted)}</div>`,
  },
]);

const INTRODUCTIONS: readonly [language: string, line: string][] = [
  ['English', `On Tue, Nov 3, 2026 at 10:12 AM ${LINKED} wrote:`],
  ['German', `Am Di., 3. Nov. 2026 um 10:12 Uhr schrieb ${LINKED}:`],
  ['French', `Le mar. 3 nov. 2026 à 10:12, ${LINKED} a écrit :`],
  ['Spanish', `El mar, 3 nov 2026 a las 10:12, ${LINKED} escribió:`],
  ['Portuguese', `Em ter., 3 de nov. de 2026 às 10:12, ${LINKED} escreveu:`],
  ['Italian', `Il giorno mar 3 nov 2026 alle ore 10:12 ${LINKED} ha scritto:`],
  ['Dutch', `Op di 3 nov 2026 om 10:12 schreef ${LINKED}:`],
  ['Polish', `wt., 3 lis 2026 o 10:12 ${LINKED} napisał(a):`],
  ['Croatian', `uto, 3. stu 2026. u 10:12 ${LINKED} napisao je:`],
  ['Bulgarian', `На вт, 3.11.2026 г. в 10:12 ${LINKED} написа:`],
  ['Slovak', `ut 3. 11. 2026 o 10:12 ${LINKED} napísal(a):`],
  ['Vietnamese', `Vào Th 3, 3 thg 11, 2026 vào lúc 10:12 ${LINKED} đã viết:`],
  ['Indonesian', `Pada tanggal Sel, 3 Nov 2026 pukul 10.12 ${LINKED} menulis:`],
  ['Hebrew', `‫בתאריך יום ג׳, 3 בנוב׳ 2026 ב-10:12 מאת ‪Shop Care‬‏ &lt;‪care@shop.example‬‏&gt;:‬`],
  ['Lithuanian', `2026-11-03, an, 10:12 ${LINKED} rašė:`],
  ['Estonian', `Kuupäev T, 3. november 2026 kell 10:12 kirjutas ${LINKED}:`],
];

const gmailInLanguages: readonly MailProgram[] = INTRODUCTIONS.flatMap(([language, line]): MailProgram[] => [
  {
    name: `Gmail, ${language}`,
    write: (own, quoted) =>
      `<div dir="ltr">${inDivs(own)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${line}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div dir="ltr">${inDivs(quoted)}</div></blockquote></div>`,
  },
  {
    name: `Gmail’s plain text, ${language}`,
    write: (own, quoted) =>
      `<div>${inBreaks(own)}<br>\n<br>\n${line.replaceAll(/<[^>]*>/g, '')}<br>\n<br>\n${quotedLines(quoted)}</div>`,
  },
]);

const others: readonly MailProgram[] = [
  {
    name: 'Gmail with a signature',
    write: (own, quoted) =>
      `<div dir="ltr">${inDivs(own)}<div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr"><b>Kim Lee</b><div>Facility Manager</div><div>+49 151 1234567</div></div></div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Nov 3, 2026 at 10:12 AM ${LINKED} wrote:<br></div><blockquote class="gmail_quote">${inDivs(quoted)}</blockquote></div>`,
  },
  {
    name: 'Gmail for Android',
    write: (own, quoted) =>
      `<div dir="auto">${inDivs(own, ' dir="auto"')}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, 3 Nov 2026, 10:12 Shop Care, &lt;<a href="mailto:care@shop.example">care@shop.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote"><html><head></head><body>${inParagraphs(quoted)}</body></html></blockquote></div>`,
  },
  {
    name: 'Outlook for Mac',
    write: (own, quoted) =>
      `<div class="WordSection1">${inWord(own)}<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b><span style="font-size:12.0pt;color:black">From: </span></b><span style="font-size:12.0pt;color:black">${SHOP}<br><b>Date: </b>Tuesday, 3. November 2026 at 10:12<br><b>To: </b>Kim Lee &lt;kim@client.example&gt;<br><b>Subject: </b>Re: Order 4711<o:p></o:p></span></p></div>${inWord(quoted)}</div>`,
  },
  {
    name: 'Outlook for iOS',
    write: (own, quoted) =>
      `<div dir="ltr">${inDivs(own)}</div><div id="ms-outlook-mobile-body-separator-line"><div><br></div></div><div id="ms-outlook-mobile-signature"><div></div><div dir="ltr">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div></div><div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message"><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">${outlookHead(EXCHANGE[0]?.[1] ?? ['From', 'Sent', 'To', 'Subject'], 'Tuesday, November 3, 2026 10:12:00 AM')}</div>${inParagraphs(quoted)}</div>`,
  },
  {
    name: 'Windows Mail',
    write: (own, quoted) =>
      `<div class="WordSection1">${inWord(own)}<p class="MsoNormal">Sent from <a href="https://go.example/fwlink/?LinkId=550986">Mail</a> for Windows</p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal" style="border:none;padding:0in"><b>From: </b><a href="mailto:care@shop.example">Shop Care</a><br><b>Sent: </b>Tuesday, November 3, 2026 10:12 AM<br><b>To: </b><a href="mailto:kim@client.example">Kim Lee</a><br><b>Subject: </b>Re: Order 4711</p></div>${inWord(quoted)}</div>`,
  },
  {
    name: 'Apple Mail',
    write: (own, quoted) =>
      `<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; line-break: after-white-space;">${inDivs(own)}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On 3. Nov 2026, at 10:12, ${SHOP} wrote:</div><br class="Apple-interchange-newline"><div>${inDivs(quoted)}</div></blockquote></div><br></body></html>`,
  },
  {
    name: 'Apple Mail, answered below',
    write: (own, quoted) =>
      `<html><body><div><br><blockquote type="cite"><div>On 3. Nov 2026, at 10:12, ${SHOP} wrote:</div><br class="Apple-interchange-newline"><div>${inDivs(quoted)}</div></blockquote></div><br>${inDivs(own)}</body></html>`,
  },
  {
    name: 'iPhone',
    write: (own, quoted) =>
      `<html><head></head><body dir="auto">${inDivs(own)}<div dir="ltr"><br>Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 3. Nov 2026, at 10:12, ${SHOP} wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">&#65279;${inParagraphs(quoted)}</div></blockquote></body></html>`,
  },
  {
    name: 'iPhone, German',
    write: (own, quoted) =>
      `<html><body dir="auto">${inDivs(own)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 03.11.2026 um 10:12 schrieb ${SHOP}:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">${inParagraphs(quoted)}</div></blockquote></body></html>`,
  },
  {
    name: 'Thunderbird',
    write: (own, quoted) =>
      `<html><head></head><body text="#000000" bgcolor="#ffffff">${inParagraphs(own)}<br><div class="moz-cite-prefix">Am 03.11.26 um 10:12 schrieb Shop Care:<br></div><blockquote type="cite" cite="mid:1@shop.example">${inParagraphs(quoted)}</blockquote><div class="moz-signature">-- <br>Kim Lee<br>Tel. 0151 1234567</div></body></html>`,
  },
  {
    name: 'Thunderbird, plain text',
    write: (own, quoted) =>
      `<div>${inBreaks(own)}<br>\n<br>\nAm 03.11.26 um 10:12 schrieb Shop Care:<br>\n${quotedLines(quoted)}<br>\n</div>`,
  },
  {
    name: 'Thunderbird, answered below',
    write: (own, quoted) =>
      `<div class="moz-cite-prefix">On 03/11/2026 10:12, Shop Care wrote:<br></div><blockquote type="cite" cite="mid:1@shop.example">${inParagraphs(quoted)}</blockquote>${inParagraphs(own)}`,
  },
  {
    name: 'Yahoo',
    write: (own, quoted) =>
      `<div class="ydp8f8c0a2fyahoo-style-wrap" style="font-family:Helvetica Neue, Helvetica, Arial, sans-serif;font-size:13px;"><div></div>${inDivs(own, ' dir="ltr" data-setdir="false"')}<div><br></div></div><div id="ydp5e6yahoo_quoted_1234567890" class="ydp5e6yahoo_quoted"><div style="font-family:'Helvetica Neue', Helvetica, Arial, sans-serif;font-size:13px;color:#26282a;"><div>On Tuesday, November 3, 2026 at 10:12:00 AM GMT+1, ${SHOP} wrote: </div><div><br></div><div><br></div>${inDivs(quoted)}</div></div>`,
  },
  {
    name: 'Yahoo for Android',
    write: (own, quoted) =>
      `${inBreaks(own)}<br><br><div id="ymail_android_signature"><a id="ymail_android_signature_link" href="https://go.example/y">Yahoo Mail: Search, Organize, Conquer</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> <div style="font-family:Roboto, sans-serif; color:#6D00F6;"> <div>On Tue, 3 Nov 2026 at 10:12, Shop Care</div><div>&lt;care@shop.example&gt; wrote:</div> </div> <div style="padding: 10px 0 0 20px; margin: 10px 0 0 0; border-left: 1px solid #6D00F6;"><html><head></head><body>${inParagraphs(quoted)}</body></html></div></blockquote>`,
  },
  {
    name: 'AOL',
    write: (own, quoted) =>
      `<div style="color:black;font:12pt Helvetica Neue;">${inDivs(own)}<br><br><div style="font-family:helvetica,arial;font-size:10pt;color:black">-----Original Message-----<br>From: ${SHOP}<br>To: kim@client.example<br>Sent: Tue, Nov 3, 2026 10:12 am<br>Subject: Re: Order 4711<br><br><div id="aolmail_1">${inParagraphs(quoted)}</div></div></div>`,
  },
  {
    name: 'GMX and web.de',
    write: (own, quoted) =>
      `<html><head></head><body><div style="font-family: Verdana;font-size: 12.0px;">${inDivs(own)}<div>&nbsp;<div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5; word-wrap: break-word; -webkit-nbsp-mode: space;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Dienstag, 03. November 2026 um 10:12 Uhr<br/><b>Von:</b>&nbsp;&quot;Shop Care&quot; &lt;care@shop.example&gt;<br/><b>An:</b>&nbsp;kim@client.example<br/><b>Betreff:</b>&nbsp;Re: Order 4711</div><div name="quoted-content">${inParagraphs(quoted)}</div></div></div></div></div></body></html>`,
  },
  {
    name: 'Proton Mail',
    write: (own, quoted) =>
      `<div style="font-family: Arial, sans-serif; font-size: 14px;">${inDivs(own)}</div><div class="protonmail_signature_block protonmail_signature_block-empty-user" style="font-family: Arial; font-size: 14px;"><div class="protonmail_signature_block-user protonmail_signature_block-empty"></div><div class="protonmail_signature_block-proton">Sent with <a target="_blank" href="https://proton.example/">Proton Mail</a> secure email.</div></div><div style="font-family: Arial;"><br></div><div class="protonmail_quote">On Tuesday, November 3rd, 2026 at 10:12 AM, ${SHOP} wrote:<br><br><blockquote class="protonmail_quote" type="cite">${inParagraphs(quoted)}</blockquote><br></div>`,
  },
  {
    name: 'Tuta',
    write: (own, quoted) =>
      `<html><body>${inDivs(own)}<div dir="auto"><br></div><div dir="auto">-- <br></div><div dir="auto"> Sent with Tuta; enjoy secure &amp; ad-free emails: <br></div><div dir="auto"> https://tuta.example<br></div><div dir="auto"><br></div><div dir="auto"><br></div><div dir="auto">3 Nov 2026, 10:12 by care@shop.example:<br></div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8; padding-left: 10px; margin-left: 5px;">${inDivs(quoted)}</blockquote></body></html>`,
  },
  {
    name: 'Zoho',
    write: (own, quoted) =>
      `<div style="font-family: Verdana, Arial; font-size: 10pt;">${inDivs(own)}<div><br></div><div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204); height: 0px;"><br></div><div class="zmail_extra" data-zbluepencil-ignore="true"><div><br></div><div id="Zm-_Id_-Sgn1">---- On Tue, 03 Nov 2026 10:12:00 +0100 <b>${SHOP}</b> wrote ---<br></div><div><br></div><blockquote id="blockquote_zmail" style="margin: 0px;"><div>${inParagraphs(quoted)}</div></blockquote></div></div>`,
  },
  {
    name: 'Samsung',
    write: (own, quoted) =>
      `<html><body><div dir="auto">${inDivs(own)}</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:85%;color:#575757" dir="auto">Von meinem Galaxy gesendet</div></div><div dir="auto"><br></div><div><br></div><div style="font-size:100%;color:#000000" dir="auto"><!-- originalMessage --><div>-------- Ursprüngliche Nachricht --------</div><div>Von: ${SHOP} </div><div>Datum: 03.11.26  10:12  (GMT+01:00) </div><div>An: Kim Lee &lt;kim@client.example&gt; </div><div>Betreff: Re: Order 4711 </div><div><br></div></div>${inParagraphs(quoted)}</body></html>`,
  },
  {
    name: 'HCL Notes',
    write: (own, quoted) =>
      `<font size=2 face="sans-serif">${inBreaks(own)}</font><br><br><br><br><font size=1 color=#5f5f5f face="sans-serif">From: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1 face="sans-serif">${SHOP}</font><br><font size=1 color=#5f5f5f face="sans-serif">To: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1 face="sans-serif">Kim Lee/CLIENT@CLIENT</font><br><font size=1 color=#5f5f5f face="sans-serif">Date: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1 face="sans-serif">03.11.2026 10:12</font><br><font size=1 color=#5f5f5f face="sans-serif">Subject: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1 face="sans-serif">Re: Order 4711</font><br><hr noshade><br>${inBreaks(quoted)}`,
  },
  {
    name: 'HCL iNotes',
    write: (own, quoted) =>
      `<div class="iNotesHistory" style="font-family:Verdana">${inDivs(own)}<br><font color="#990099">-----Shop Care &lt;care@shop.example&gt; wrote: -----</font><div style="padding-left:5px;"><div style="padding-right:0px;padding-left:5px;border-left:solid black 2px">To: kim@client.example<br>From: ${SHOP}<br>Date: 03.11.2026 10:12<br>Subject: Re: Order 4711<br><br>${inParagraphs(quoted)}</div></div></div>`,
  },
  {
    name: 'mail.ru',
    write: (own, quoted) =>
      `<HTML><BODY>${inDivs(own)}<br><br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Вторник, 3 ноября 2026, 10:12 +03:00 от ${SHOP}:<br>&nbsp;<div id="style_1"><div>${inParagraphs(quoted)}</div></div></blockquote></BODY></HTML>`,
  },
  {
    name: 'Yandex',
    write: (own, quoted) =>
      `${inDivs(own)}<div>&nbsp;</div><div>03.11.2026, 10:12, "Shop Care" &lt;care@shop.example&gt;:</div><blockquote>${inParagraphs(quoted)}</blockquote>`,
  },
  {
    name: 'QQ Mail',
    write: (own, quoted) =>
      `${inDivs(own)}<div><!--emptysign--></div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b> "Shop Care" &lt;care@shop.example&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月3日(星期二) 上午10:12</div><div><b>收件人:</b>&nbsp;"Kim Lee"&lt;kim@client.example&gt;;</div><div><b>主题:</b>&nbsp;Re: Order 4711</div></div><div><br></div>${inParagraphs(quoted)}`,
  },
  {
    name: 'NetEase',
    write: (own, quoted) =>
      `<div style="line-height:1.7;color:#000000;font-size:14px;font-family:Arial">${inDivs(own)}<p style="margin: 0;"><br></p><div style="position:relative;zoom:1"></div><div id="divNeteaseMailCard"></div><p style="margin: 0;"><br></p><p>At 2026-11-03 10:12:00, "Shop Care" &lt;care@shop.example&gt; wrote:</p><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">${inParagraphs(quoted)}</blockquote></div>`,
  },
  {
    name: 'Fastmail',
    write: (own, quoted) =>
      `<!DOCTYPE html><html><head><title></title></head><body>${inDivs(own)}<div><br></div><div>On Tue, 3 Nov 2026, at 10:12 AM, Shop Care wrote:</div><blockquote type="cite" id="qt" style="">${inDivs(quoted)}</blockquote><div><br></div></body></html>`,
  },
  {
    name: 'Superhuman',
    write: (own, quoted) =>
      `<div>${inDivs(own)}<br><div class="gmail_signature"><div style="clear:both">Sent via <a href="https://go.example/s">Superhuman</a></div></div><br><div><div class="gmail_quote">On Tue, Nov 03, 2026 at 10:12 AM, Shop Care <span dir="ltr">&lt;<a href="mailto:care@shop.example">care@shop.example</a>&gt;</span> wrote:<br><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div class="gmail_extra">${inParagraphs(quoted)}</div></blockquote></div></div></div>`,
  },
  {
    name: 'Spark',
    write: (own, quoted) =>
      `<html><body><div name="messageBodySection">${inDivs(own, ' dir="auto"')}</div><div name="messageSignatureSection"><br><div class="matchFont">Sent with <a href="https://go.example/spark">Spark</a></div></div><div name="messageReplySection">On 3 Nov 2026 at 10:12 +0100, ${SHOP}, wrote:<br><blockquote type="cite" class="spark_quote" style="margin: 5px 5px; padding-left: 10px; border-left: thin solid #1abc9c;">${inParagraphs(quoted)}</blockquote></div></body></html>`,
  },
  {
    name: 'Front',
    write: (own, quoted) =>
      `<div>${inDivs(own)}<br></div><div class="front-signature"><p>Kim Lee</p><p>Client Ltd</p></div><br><blockquote type="cite" class="front-blockquote" style="margin: 0px; border-left: none; padding-left: 0px;">On November 3, 2026 at 10:12 AM GMT+1 <a href="mailto:care@shop.example">care@shop.example</a> wrote:<br><br>${inParagraphs(quoted)}</blockquote>`,
  },
  {
    name: 'Missive',
    write: (own, quoted) =>
      `<div>${inDivs(own)}</div><div class="missive_quote">On November 3, 2026 at 10:12 AM, Shop Care (<a href="mailto:care@shop.example">care@shop.example</a>) wrote:<br><blockquote style="margin: 0 0 0 7px; border-left: 1px solid #ccc; padding-left: 10px">${inParagraphs(quoted)}</blockquote></div>`,
  },
  {
    name: 'Zimbra',
    write: (own, quoted) =>
      `<html><body><div style="font-family: arial, helvetica, sans-serif; font-size: 12pt; color: #000000">${inDivs(own)}<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF;margin-left:5px;padding-left:5px;color:#000"><b>From: </b>"Shop Care" &lt;care@shop.example&gt;<br><b>To: </b>"Kim Lee" &lt;kim@client.example&gt;<br><b>Sent: </b>Tuesday, November 3, 2026 10:12:00 AM<br><b>Subject: </b>Re: Order 4711<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF">${inParagraphs(quoted)}</blockquote></div></div></body></html>`,
  },
  {
    name: 'Roundcube',
    write: (own, quoted) =>
      `<html><body style="font-size: 10pt; font-family: Verdana,Geneva,sans-serif">${inParagraphs(own)}<p id="reply-intro">On 2026-11-03 10:12, Shop Care wrote:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div id="replybody1">${inParagraphs(quoted)}</div></blockquote></body></html>`,
  },
  {
    name: 'Evolution',
    write: (own, quoted) =>
      `<html><head></head><body>${inDivs(own)}<div><br></div><div>On Tue, 2026-11-03 at 10:12 +0100, Shop Care wrote:</div><blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid;padding-left:1ex"><pre>${escaped(quoted.join('\n\n'))}</pre></blockquote></body></html>`,
  },
  {
    name: 'KMail',
    write: (own, quoted) =>
      `<html><body>${inParagraphs(own)}<p>On Tuesday, 3 November 2026 10:12:00 CET Shop Care wrote:</p><p>${quotedLines(quoted)}</p></body></html>`,
  },
  {
    name: 'Huawei',
    write: (own, quoted) =>
      `<html><body><div>${inDivs(own)}</div><br><div dir="auto" id="hw_signature">Sent from my Huawei phone</div><br><div id="hw_quote"><br>-------- Original message --------<br>From: ${SHOP}<br>Date: Tue, 3 Nov 2026, 10:12<br>To: Kim Lee &lt;kim@client.example&gt;<br>Subject: Re: Order 4711<br><blockquote>${inParagraphs(quoted)}</blockquote></div></body></html>`,
  },
  {
    name: 'a ticket system that marks where to answer',
    write: (own, quoted) =>
      `${inDivs(own)}<div><br></div><div>On Tue, Nov 3, 2026, Shop Care &lt;care@shop.example&gt; wrote:</div><blockquote><div style="color:#b5b5b5">##- Please type your reply above this line -##</div>${inParagraphs(quoted)}</blockquote>`,
  },
  {
    name: 'Salesforce',
    write: (own, quoted) =>
      `${inBreaks(own)}<br><br>--------------- Original Message ---------------<br><b>From:</b> Shop Care [care@shop.example]<br><b>Sent:</b> 11/3/2026 10:12 AM<br><b>To:</b> kim@client.example<br><b>Subject:</b> Re: Order 4711<br><br>${inBreaks(quoted)}<br>ref:_00D1234._5001234:ref`,
  },
  {
    name: 'a gateway’s banner above and a disclaimer below',
    write: (own, quoted) =>
      `<table border="0" cellspacing="0" cellpadding="0" width="100%"><tbody><tr><td style="background:#FFEB9C;padding:5px">CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender.</td></tr></tbody></table><br>${inDivs(own)}<hr><div><b>From:</b> ${SHOP}<br><b>Sent:</b> Tuesday, November 3, 2026 10:12 AM<br><b>To:</b> Kim Lee<br><b>Subject:</b> Re: Order 4711</div>${inParagraphs(quoted)}<p style="font-size:8pt">This e-mail is confidential and intended solely for the addressee. If you are not the intended recipient, please notify the sender and delete it.</p>`,
  },
  {
    name: 'white space kept by style',
    write: (own, quoted) =>
      `<div style="white-space: pre-wrap; font-family: sans-serif">${escaped(own.join('\n\n'))}\n\nOn Tue, 3 Nov 2026 at 10:12, ${SHOP} wrote:\n${escaped(
        quoted
          .join('\n\n')
          .split('\n')
          .map((line) => `> ${line}`.trim())
          .join('\n'),
      )}</div>`,
  },
  { name: 'no quote at all', write: (own) => inDivs(own) },
];

export const MAIL_PROGRAMS: readonly MailProgram[] = [...outlookInLanguages, ...gmailInLanguages, ...others];
