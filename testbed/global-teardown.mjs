const LIMIT_MS = 30_000;

/** Stops the servers; what hangs is left to the next run, which ends it. */
export default async function globalTeardown() {
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS, 'late');
  });
  const outcome = await Promise.race([globalThis.testServer?.stop(), limit]);
  clearTimeout(timer);
  if (outcome === 'late')
    console.error(`The servers of the tests did not stop within ${LIMIT_MS / 1000} s; the next run ends them.`);
}
