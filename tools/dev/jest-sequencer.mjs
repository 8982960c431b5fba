import path from 'node:path';
import { createRequire } from 'node:module';

// A part of jest itself, which is where it is looked for.
const require = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: Sequencer } = createRequire(require.resolve('@jest/core'))('@jest/test-sequencer');

/** What takes longest begins first: a long file that begins last keeps one worker waiting for the other. */
const LONGEST = ['test/browser', 'test/e2e', 'test/database'];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path: file, context }) => {
      const place = path.relative(context.config.rootDir, file).split(path.sep).join('/');
      const nth = LONGEST.findIndex((folder) => place.startsWith(`${folder}/`));
      return nth === -1 ? LONGEST.length : nth;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
