import { Link, useParams } from '@tanstack/react-router';
import { useAnswer } from '../api/queries.ts';
import { useConnection } from '../parts/connection.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { NoAccount } from '../parts/NoAccount.tsx';
import { Page } from '../parts/Page.tsx';
import { At } from '../parts/When.tsx';

/** An article as the AI has it, and the passages that it is found by. */
export function Article() {
  const connection = useConnection();
  return <Loaded query={connection}>{(chosen) => (chosen === null ? <NoAccount /> : <Shown id={chosen.id} />)}</Loaded>;
}

function Shown({ id }: { id: string }) {
  const { article } = useParams({ from: '/shell/knowledge/$article' });
  const query = useAnswer('getArticle', { params: { id, article } }, { poll: 60_000 });
  return (
    <Loaded query={query}>
      {({ title, visibility, language, sourceId, updatedAt, markdown, parts }) => (
        <Page
          title={title}
          below={
            <p className="row faint small">
              <Link to="/knowledge">Knowledge</Link>
              <span>{visibility === 'private' ? 'Internal: for drafts alone' : 'Public'}</span>
              <span>{language}</span>
              <span>{sourceId}</span>
              <span>
                Changed <At at={updatedAt} />
              </span>
            </p>
          }
        >
          <div className="stack">
            <section className="card">
              <pre dir="auto">{markdown}</pre>
            </section>
            <h2>Passages</h2>
            {parts.map(({ position, heading, text }) => (
              <section key={position} className="card">
                {heading !== '' && <h3 dir="auto">{heading}</h3>}
                <pre dir="auto">{text}</pre>
              </section>
            ))}
          </div>
        </Page>
      )}
    </Loaded>
  );
}
