import { z } from 'zod';
import { accessDenied, notFound, ok, Refusal } from '../errors.ts';
import { articleView, categoryView, folderView } from '../solutions.ts';
import type { State } from '../state.ts';
import { pageOf, paging } from './pages.ts';
import { noBody, noQuery, route, type Route } from './route.ts';

/** Deleted ones answer 404, hidden ones 403. */
function open<T>({ solutions }: State, id: number, entry: T | undefined): T {
  if (solutions.hidden.has(id)) throw new Refusal(accessDenied());
  if (entry === undefined) throw new Refusal(notFound());
  return entry;
}

const query = z.strictObject(paging);

export const solutionRoutes: Route[] = [
  route('get', '/solutions/categories', {
    query,
    body: noBody,
    run: ({ state, query: page, href }) =>
      pageOf([...state.solutions.categories.values()], page, href, page, categoryView),
  }),
  route('get', '/solutions/categories/:id/folders', {
    query,
    body: noBody,
    run({ state, id, query: page, href }) {
      open(state, id, state.solutions.categories.get(id));
      const folders = [...state.solutions.folders.values()].filter(
        (folder) => folder.categoryId === id && folder.parentId === null,
      );
      return pageOf(folders, page, href, page, (folder) => folderView(state, folder));
    },
  }),
  route('get', '/solutions/folders/:id/subfolders', {
    query,
    body: noBody,
    run({ state, id, query: page, href }) {
      open(state, id, state.solutions.folders.get(id));
      const folders = [...state.solutions.folders.values()].filter((folder) => folder.parentId === id);
      return pageOf(folders, page, href, page, (folder) => folderView(state, folder));
    },
  }),
  route('get', '/solutions/folders/:id/articles', {
    query,
    body: noBody,
    run({ state, id, query: page, href }) {
      open(state, id, state.solutions.folders.get(id));
      const articles = [...state.solutions.articles.values()].filter((article) => article.folderId === id);
      return pageOf(articles, page, href, page, (article) => articleView(state, article, true));
    },
  }),
  route('get', '/solutions/articles/:id', {
    query: noQuery,
    body: noBody,
    run: ({ state, id }) => ok(articleView(state, open(state, id, state.solutions.articles.get(id)), false)),
  }),
];
