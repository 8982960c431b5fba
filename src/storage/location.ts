import { fileURLToPath } from 'node:url';

/** Where STORAGE_URL points. */
export type StorageLocation =
  /** `path` may be relative to the working directory. */
  | { kind: 'folder'; path: string }
  /** `endpoint` null: Amazon's own. `prefix` is empty or ends in a slash. */
  | { kind: 's3'; bucket: string; prefix: string; endpoint: string | null; region: string | null };

/** Reads `file:./data/attachments` or `s3://bucket/prefix?endpoint=…&region=…`; throws an Error that says what is wrong. */
export function storageLocation(text: string): StorageLocation {
  if (/^file:/i.test(text)) return { kind: 'folder', path: folderOf(text) };
  const url = URL.parse(text);
  if (url?.protocol !== 's3:') throw new Error('it must begin with file: or s3:');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname))
    throw new Error('the bucket after s3:// is not a name that S3 allows');
  if (url.username !== '' || url.password !== '')
    throw new Error('it must not hold credentials: they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'endpoint' && name !== 'region');
  if (unknown !== undefined) throw new Error('after the ? only endpoint and region are known');
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  return {
    kind: 's3',
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint: endpointOf(url.searchParams.get('endpoint')),
    region: url.searchParams.get('region'),
  };
}

function folderOf(text: string): string {
  const path = /^file:\/\//i.test(text) ? fileURLToPath(text) : text.slice('file:'.length);
  if (path.trim() === '') throw new Error('it names no folder');
  return path;
}

function endpointOf(text: string | null): string | null {
  if (text === null) return null;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error('the endpoint is no web address');
  return url.href.replace(/\/+$/, '');
}
