// What the program reads beside its code: TypeScript compiles, and copies nothing else.
import { cpSync } from 'node:fs';
import path from 'node:path';
import { root } from './steps.mjs';

for (const data of ['ai/understanding/examples', 'ai/understanding/fitted.json'])
  cpSync(path.join(root, 'src', data), path.join(root, 'dist', data), { recursive: true });
