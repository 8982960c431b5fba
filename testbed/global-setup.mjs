import { startTestServer } from './test-server.ts';

/** Starts the servers of the run; the workers find them by the environment. */
export default async function globalSetup() {
  globalThis.testServer = await startTestServer(process.env.DATABASE_URL);
}
