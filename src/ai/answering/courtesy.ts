/** The courtesy around sentences of the sources, in the eight languages (N9). */
const COURTESY: Readonly<Record<string, { opening: string; closing: string }>> = {
  en: {
    opening: 'Thank you for your message.',
    closing: 'If anything is still open, simply reply to this message.',
  },
  de: {
    opening: 'Vielen Dank für Ihre Nachricht.',
    closing: 'Falls noch etwas offen ist, antworten Sie einfach auf diese Nachricht.',
  },
  fr: {
    opening: 'Merci pour votre message.',
    closing: "Si vous avez d'autres questions, répondez simplement à ce message.",
  },
  es: {
    opening: 'Gracias por su mensaje.',
    closing: 'Si tiene más preguntas, responda a este mensaje.',
  },
  pt: {
    opening: 'Obrigado pela sua mensagem.',
    closing: 'Se tiver mais perguntas, basta responder a esta mensagem.',
  },
  it: {
    opening: 'Grazie per il suo messaggio.',
    closing: 'Se ha altre domande, risponda a questo messaggio.',
  },
  nl: {
    opening: 'Bedankt voor uw bericht.',
    closing: 'Als u nog vragen hebt, antwoord gerust op dit bericht.',
  },
  pl: {
    opening: 'Dziękujemy za wiadomość.',
    closing: 'Jeśli mają Państwo dodatkowe pytania, prosimy odpisać na tę wiadomość.',
  },
};

export const COURTESY_LANGUAGES: readonly string[] = Object.keys(COURTESY);

/** An answer between a line of thanks and an offer of help; in a language that has none, the answer alone. */
export function withCourtesy(answer: string, language: string | null): string {
  const words = COURTESY[language ?? ''];
  return words === undefined ? answer : [words.opening, answer, words.closing].join('\n\n');
}
