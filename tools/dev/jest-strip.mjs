// The whole of our TypeScript transform: types become blanks, so that lines and columns in stack traces stay true.
import { stripTypeScriptTypes } from 'node:module';

export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
