import { textOf } from './html.ts';
import { nextId, nowStamp, type State } from './state.ts';
import type { SolutionArticle, SolutionCategory, SolutionFolder } from './types.ts';

export type NewArticle = {
  folderId: number;
  title: string;
  text?: string | undefined;
  html?: string | undefined;
  status?: number | undefined;
};

/** What the people who write the knowledge base do. Nothing of it fires an automation rule. */
export function createKnowledgeBase(state: State) {
  const { solutions } = state;
  const stamps = () => ({ createdAt: nowStamp(state), updatedAt: nowStamp(state) });
  const articleOf = (id: number): SolutionArticle => {
    const article = solutions.articles.get(id);
    if (article === undefined) throw new Error(`there is no article ${id}`);
    return article;
  };

  return {
    addSolutionCategory(name: string): { id: number } {
      const id = nextId(state);
      solutions.categories.set(id, { id, name, ...stamps() });
      return { id };
    },
    addSolutionFolder(folder: {
      categoryId: number;
      name: string;
      parentId?: number | null | undefined;
      visibility?: number | undefined;
    }): { id: number } {
      if (!solutions.categories.has(folder.categoryId)) throw new Error(`there is no category ${folder.categoryId}`);
      const id = nextId(state);
      const { categoryId, name, parentId = null, visibility = 1 } = folder;
      solutions.folders.set(id, { id, categoryId, name, parentId, visibility, ...stamps() });
      return { id };
    },
    /** A folder that is shown to others does not touch its articles. */
    setFolderVisibility(folderId: number, visibility: number): void {
      const folder = solutions.folders.get(folderId);
      if (folder === undefined) throw new Error(`there is no folder ${folderId}`);
      folder.visibility = visibility;
      folder.updatedAt = nowStamp(state);
    },
    addArticle({ folderId, title, text, html, status = 2 }: NewArticle): { id: number } {
      if (!solutions.folders.has(folderId)) throw new Error(`there is no folder ${folderId}`);
      const id = nextId(state);
      solutions.articles.set(id, { id, folderId, title, html: html ?? `<p>${text ?? ''}</p>`, status, ...stamps() });
      return { id };
    },
    editArticle(
      id: number,
      change: { title?: string | undefined; html?: string | undefined; status?: number | undefined },
    ): void {
      const article = articleOf(id);
      article.title = change.title ?? article.title;
      article.html = change.html ?? article.html;
      article.status = change.status ?? article.status;
      article.updatedAt = nowStamp(state);
    },
    deleteArticle(id: number): void {
      articleOf(id);
      solutions.articles.delete(id);
    },
    /** A folder or article that still is in its list, and answers 403 (or 404, once it is deleted) when it is asked for. */
    hideSolution(id: number): void {
      solutions.hidden.add(id);
    },
    setListsCarryText(carried: boolean): void {
      solutions.listsCarryText = carried;
    },
  };
}

export function categoryView({ id, name, createdAt, updatedAt }: SolutionCategory) {
  return { id, name, description: null, created_at: createdAt, updated_at: updatedAt, visible_in_portals: [1] };
}

export function folderView({ solutions }: State, folder: SolutionFolder) {
  const { id, name, visibility, categoryId, parentId, createdAt, updatedAt } = folder;
  const inside = [...solutions.folders.values()].filter((other) => other.parentId === id).length;
  const articles = [...solutions.articles.values()].filter((article) => article.folderId === id).length;
  return {
    id,
    name,
    description: null,
    parent_folder_id: parentId,
    hierarchy: [{ level: 0, type: 'category', data: { id: categoryId, name: '', language: 'en' } }],
    articles_count: articles,
    sub_folders_count: inside,
    visibility,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

export function articleView(state: State, article: SolutionArticle, inList: boolean) {
  const text = { description: article.html, description_text: textOf(article.html) };
  return {
    id: article.id,
    type: 1,
    category_id: state.solutions.folders.get(article.folderId)?.categoryId ?? null,
    folder_id: article.folderId,
    hierarchy: [],
    thumbs_up: 0,
    thumbs_down: 0,
    hits: 0,
    tags: [],
    seo_data: {},
    attachments: [],
    agent_id: null,
    title: article.title,
    ...(inList && !state.solutions.listsCarryText ? {} : text),
    status: article.status,
    created_at: article.createdAt,
    updated_at: article.updatedAt,
  };
}
