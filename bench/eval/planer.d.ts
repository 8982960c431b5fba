/** The library comes without types: of what it exports, this is what we use. */
declare module 'planer' {
  const planer: {
    /** A text mail without the messages it quotes. */
    extractFromPlain(text: string): string;
  };
  export default planer;
}
