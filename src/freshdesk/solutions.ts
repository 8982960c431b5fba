import { z } from 'zod';
import type { Calls } from './calls.ts';
import { NotFound, Rejected } from './errors.ts';

/** A folder of the knowledge base (Freshdesk Solutions). */
type SolutionFolder = { id: number; /** Everybody may see it. */ public: boolean; hasFolders: boolean };

/** An article of the knowledge base, in its primary language. */
export type SolutionArticle = {
  id: number;
  title: string;
  /** Null where the list did not carry it: `solutionHtml` asks for it. */
  html: string | null;
  published: boolean;
  /** As Freshdesk wrote it; it moves with every edit, by whole seconds. */
  updatedAt: string;
};

/** One page of a list, and whether there may be another. */
export type SolutionPage<T> = { items: T[]; more: boolean };

/**
 * The knowledge base, by pages of 30 from page 1; each page is one request. Needs no admin rights. A folder or article that
 * is deleted or hidden (404, 403) is an empty page or null; only a refusal of the categories is thrown.
 */
export type SolutionCalls = {
  solutionCategories(page: number): Promise<SolutionPage<{ id: number }>>;
  /** The folders of a category, or those inside a folder. */
  solutionFolders(
    parent: { categoryId: number } | { folderId: number },
    page: number,
  ): Promise<SolutionPage<SolutionFolder>>;
  solutionArticles(folderId: number, page: number): Promise<SolutionPage<SolutionArticle>>;
  solutionHtml(articleId: number): Promise<string | null>;
};

const PER_PAGE = 30;
const EVERYBODY = 1;
const PUBLISHED = 2;

const id = z.number().int();
const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);

const category = z.object({ id });
const folder = z.object({ id, visibility: number, sub_folders_count: number }).transform((raw) => ({
  id: raw.id,
  public: raw.visibility === EVERYBODY,
  hasFolders: (raw.sub_folders_count ?? 0) > 0,
}));
const article = z.object({ id, title: text, description: text, status: number, updated_at: text }).transform((raw) => ({
  id: raw.id,
  title: raw.title ?? '',
  html: raw.description ?? null,
  published: raw.status === PUBLISHED,
  updatedAt: raw.updated_at ?? '',
}));

export function solutionCalls({ get }: Calls): SolutionCalls {
  /** Elements that make no sense are left out. */
  async function pageOf<T>(path: string, page: number, element: z.ZodType<T>): Promise<SolutionPage<T>> {
    const { value, hasNext } = await get(`${path}?per_page=${PER_PAGE}&page=${page}`, z.array(z.unknown()));
    const items = value.flatMap((raw) => {
      const parsed = element.safeParse(raw);
      return parsed.success ? [parsed.data] : [];
    });
    // These lists are not known to say that there is more: a full page is taken to mean it.
    return { items, more: hasNext || value.length >= PER_PAGE };
  }

  return {
    solutionCategories: (page) => pageOf('/solutions/categories', page, category),
    solutionFolders: (parent, page) => {
      const path =
        'categoryId' in parent
          ? `/solutions/categories/${parent.categoryId}/folders`
          : `/solutions/folders/${parent.folderId}/subfolders`;
      return unlessGone(pageOf(path, page, folder), { items: [], more: false });
    },
    solutionArticles: (folderId, page) =>
      unlessGone(pageOf(`/solutions/folders/${folderId}/articles`, page, article), { items: [], more: false }),
    solutionHtml: (articleId) =>
      unlessGone(
        get(`/solutions/articles/${articleId}`, article).then(({ value }) => value.html ?? ''),
        null,
      ),
  };
}

/** Freshdesk answers 404 for what is deleted, and 403 for what is deleted or hidden. */
async function unlessGone<T>(answer: Promise<T>, instead: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFound || (error instanceof Rejected && error.status === 403)) return instead;
    throw error;
  }
}
