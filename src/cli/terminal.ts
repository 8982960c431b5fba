import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** A person who can be asked. Rejects when they break it off (Ctrl-C, Ctrl-D). */
export type Terminal = {
  ask(question: string): Promise<string>;
  /** What is typed is not shown. */
  askSecret(question: string): Promise<string>;
};

/** Questions go to `output`, which is standard error: standard output is for results. */
export function createTerminal(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Terminal {
  async function answerTo(question: string, shown: boolean): Promise<string> {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    if (!shown) output.write(question);
    const lines = createInterface({ input, output: shown ? output : nowhere, terminal: true });
    const brokenOff = new Promise<never>((_resolve, reject) => {
      lines.once('SIGINT', () => reject(new Error('Broken off: nothing was changed.')));
      lines.once('close', () => reject(new Error('Broken off: nothing was changed.')));
    });
    try {
      return (await Promise.race([lines.question(shown ? question : ''), brokenOff])).trim();
    } finally {
      brokenOff.catch(() => undefined);
      lines.close();
      if (!shown) output.write('\n');
    }
  }
  return {
    ask: (question) => answerTo(question, true),
    askSecret: (question) => answerTo(question, false),
  };
}
