import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './base.css';
import { createQueries } from './api/queries.ts';
import { createRoutes } from './routes.tsx';

const router = createRoutes();
const queries = createQueries(() => {
  const { pathname, searchStr } = router.state.location;
  if (pathname === '/sign-in') return;
  queries.clear();
  void router.navigate({ to: '/sign-in', search: { back: `${pathname}${searchStr}` } });
});

const root = document.querySelector('#root');
if (root === null) throw new Error('the page has no place for the program');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
