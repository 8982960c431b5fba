import { readFile } from 'node:fs/promises';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { codeOf } from '../domain/errors.ts';

/** What a page may load and do: what this service serves, and nothing else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join(';');

const NOT_BUILT =
  'The pages of the Inbox are not built. In the checkout, run: npm run build:web\nThen load this page again.\n';

/**
 * The Inbox: its files below /assets, whose names change with their content, and one page for every other address that a
 * browser opens. The page names its files relative to the address, so that it works below any path of a proxy.
 */
export function pageRoutes(folder: string): Router {
  const shell: RequestHandler = async (request, response, next) => {
    if (request.accepts(['json', 'html']) !== 'html') return next();
    const page = await readFile(path.join(folder, 'index.html'), 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    response.set({ 'Cache-Control': 'no-store', 'Content-Security-Policy': POLICY });
    if (page === null) return void response.status(503).type('text/plain').send(NOT_BUILT);
    const up = '../'.repeat(request.path.split('/').length - 2);
    response.type('html').send(page.replaceAll('"./assets/', `"./${up}assets/`));
  };

  const router = Router();
  router.use('/assets', compressed, express.static(path.join(folder, 'assets'), OF_ASSETS));
  router.get('/{*any}', shell);
  return router;
}

/** The build leaves a file.br beside each text; whoever takes it gets it. */
const compressed: RequestHandler = (request, response, next) => {
  if (TYPES[path.extname(request.path)] !== undefined) {
    response.vary('Accept-Encoding');
    if (request.acceptsEncodings(['br', 'identity']) === 'br') request.url = `${request.path}.br`;
  }
  next();
};

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };
const OF_ASSETS: Parameters<typeof express.static>[1] = {
  index: false,
  redirect: false,
  immutable: true,
  maxAge: '1y',
  setHeaders(response, file) {
    const type = TYPES[path.extname(path.basename(file, '.br'))];
    if (file.endsWith('.br') && type !== undefined)
      response.set({ 'Content-Encoding': 'br', 'Content-Type': `${type}; charset=utf-8` });
  },
};
