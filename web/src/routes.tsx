import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  Link,
  Outlet,
} from '@tanstack/react-router';
import { BASE, Refused } from './api/call.ts';
import { readFilters } from './pages/inbox-filters.ts';
import { Inbox } from './pages/Inbox.tsx';
import { readReport } from './pages/report-filters.ts';
import { Page } from './parts/Page.tsx';
import { Trouble } from './parts/Loaded.tsx';
import { Shell } from './parts/Shell.tsx';
import { SignIn } from './pages/SignIn.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: Nowhere, errorComponent: Fault });

/** Which account the page is about; the first one where it does not say. */
const readConnection = ({ connection }: Record<string, unknown>): { connection?: string | undefined } => ({
  connection: typeof connection === 'string' ? connection : undefined,
});

type ReviewSearch = { connection?: string | undefined; order?: 'worst' | undefined };

type ArticleFilters = {
  connection?: string | undefined;
  q?: string | undefined;
  visibility?: string | undefined;
  origin?: string | undefined;
};
const readArticles = (search: Record<string, unknown>): ArticleFilters => {
  const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const { q, visibility, origin } = search;
  return { ...readConnection(search), q: word(q), visibility: word(visibility), origin: word(origin) };
};

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignIn,
  // Only a path of ours: whoever made the address does not choose where it leads.
  validateSearch: ({ back }: Record<string, unknown>): { back?: string | undefined } => ({
    back: typeof back === 'string' && /^\/(?![/\\])/.test(back) ? back : undefined,
  }),
});

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });
const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: readConnection,
  component: lazyRouteComponent(() => import('./pages/Overview.tsx'), 'Overview'),
});
const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  component: Inbox,
  validateSearch: readFilters,
});
const ticket = createRoute({
  getParentRoute: () => shell,
  path: '/inbox/$id',
  component: lazyRouteComponent(() => import('./pages/Ticket.tsx'), 'Ticket'),
});
const attention = createRoute({
  getParentRoute: () => shell,
  path: '/attention',
  validateSearch: readConnection,
  component: lazyRouteComponent(() => import('./pages/Attention.tsx'), 'Attention'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: readConnection,
  component: lazyRouteComponent(() => import('./pages/Settings.tsx'), 'Settings'),
});
const system = createRoute({
  getParentRoute: () => shell,
  path: '/system',
  validateSearch: readConnection,
  component: lazyRouteComponent(() => import('./pages/System.tsx'), 'System'),
});

const review = createRoute({
  getParentRoute: () => shell,
  path: '/review',
  validateSearch: (search: Record<string, unknown>): ReviewSearch => ({
    ...readConnection(search),
    order: search['order'] === 'worst' ? 'worst' : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/Review.tsx'), 'Review'),
});
const reports = createRoute({
  getParentRoute: () => shell,
  path: '/reports',
  validateSearch: readReport,
  component: lazyRouteComponent(() => import('./pages/Reports.tsx'), 'Reports'),
});
const episodes = createRoute({
  getParentRoute: () => shell,
  path: '/reports/episodes',
  validateSearch: readReport,
  component: lazyRouteComponent(() => import('./pages/Episodes.tsx'), 'Episodes'),
});
const knowledge = createRoute({
  getParentRoute: () => shell,
  path: '/knowledge',
  validateSearch: readArticles,
  component: lazyRouteComponent(() => import('./pages/Knowledge.tsx'), 'Knowledge'),
});
const article = createRoute({
  getParentRoute: () => shell,
  path: '/knowledge/$article',
  validateSearch: readArticles,
  component: lazyRouteComponent(() => import('./pages/Article.tsx'), 'Article'),
});

const tree = root.addChildren([
  signIn,
  shell.addChildren([
    overview,
    inbox,
    ticket,
    attention,
    review,
    reports,
    episodes,
    knowledge,
    article,
    settings,
    system,
  ]),
]);

/** Every page by its address; what an address asks for stands in it as plain words. */
export function createRoutes() {
  return createRouter({
    routeTree: tree,
    basepath: BASE,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const words = new URLSearchParams(
        Object.entries(search).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
      ).toString();
      return words === '' ? '' : `?${words}`;
    },
    scrollRestoration: true,
    defaultErrorComponent: Fault,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createRoutes>;
  }
}

function Nowhere() {
  return (
    <Page title="There is no such page">
      <p>
        <Link to="/inbox">To the inbox</Link>
      </p>
    </Page>
  );
}

/** Also where a file of the program could not be loaded, because a newer version is served by now. */
function Fault({ error }: ErrorComponentProps) {
  const known = error instanceof Error ? error : new Error(String(error));
  const old = /dynamically imported module|importing a module|preload CSS/i.test(known.message);
  return (
    <Trouble
      error={
        old ? new Refused(0, 'A part of this page could not be loaded: a newer version may be served by now.') : known
      }
      retry={() => location.reload()}
    />
  );
}
