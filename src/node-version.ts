/** `import.meta.main`, by which main.ts knows that it was started, came with 24.2. */
const OLDEST = [24, 2] as const;

// The first import of main.ts: an older Node would go through it without doing anything, and end with status 0.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `opencx-freshdesk needs Node ${OLDEST.join('.')} or newer, and this is Node ${process.versions.node} (${process.execPath}). ` +
      'In a checkout, npm start and npm run cli bring their own.\n',
  );
  process.exit(1);
}
