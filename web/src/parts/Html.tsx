import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import { hostOf } from '../words/links.ts';

/** What of a message's HTML is shown; of everything else its text. */
const SHOWN = new Set(
  'p div span strong b em i u s del ins sub sup ul ol li code pre blockquote h1 h2 h3 h4 h5 h6 table thead tbody tfoot tr td th dl dt dd'.split(
    ' ',
  ),
);
const HIDDEN = new Set('script style template noscript iframe object embed svg math'.split(' '));
/** Headings of a message are none of the page. */
const INSTEAD: Readonly<Record<string, string>> = { h1: 'p', h2: 'p', h3: 'p', h4: 'p', h5: 'p', h6: 'p' };

/**
 * What somebody wrote, as elements of the page: made one by one from the sanitised HTML, never set as HTML. Links open in a tab
 * of their own, with the host that they lead to beside them; quoted history is folded.
 */
export function Html({ html }: { html: string }) {
  return useMemo(() => {
    const { body } = new DOMParser().parseFromString(html, 'text/html');
    return <div dir="auto">{childrenOf(body)}</div>;
  }, [html]);
}

function childrenOf(node: Node): ReactNode {
  return Array.from(node.childNodes, (child, key) => <Fragment key={key}>{shown(child)}</Fragment>);
}

function shown(node: Node): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof Element)) return null;
  const tag = node.localName;
  if (HIDDEN.has(tag)) return null;
  if (tag === 'br' || tag === 'hr') return createElement(tag);
  if (tag === 'a') return <Link href={node.getAttribute('href')}>{childrenOf(node)}</Link>;
  if (tag === 'blockquote')
    return (
      <details>
        <summary>Quoted</summary>
        <blockquote>{childrenOf(node)}</blockquote>
      </details>
    );
  if (tag === 'table') return <div className="wide">{createElement('table', null, ...elementsOf(node))}</div>;
  if (/^(?:tr|thead|tbody|tfoot|ul|ol|dl)$/.test(tag)) return createElement(tag, null, ...elementsOf(node));
  return SHOWN.has(tag) ? createElement(INSTEAD[tag] ?? tag, null, childrenOf(node)) : childrenOf(node);
}

/** Of a list or a table, which hold no text of their own. */
function elementsOf(node: Element): ReactNode[] {
  return Array.from(node.children, (child, key) => <Fragment key={key}>{shown(child)}</Fragment>);
}

function Link({ href, children }: { href: string | null; children: ReactNode }) {
  const host = hostOf(href);
  if (host === null) return children;
  return (
    <>
      <a href={href ?? undefined} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
      <span className="faint"> ({host})</span>
    </>
  );
}
