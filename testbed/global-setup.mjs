import { startTestServer } from './test-server.ts';

/** Starts PostgreSQL for the run; the workers find it by TEST_DATABASE_URL, and a place for their own by TEST_RUN_DIR. */
export default async function globalSetup() {
  globalThis.testServer = await startTestServer(process.env.DATABASE_URL);
  process.env.TEST_DATABASE_URL = globalThis.testServer.templateUrl;
  process.env.TEST_RUN_DIR = globalThis.testServer.runDir;
}
