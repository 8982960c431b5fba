import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // `generate` and `validate` connect to nothing; `migrate deploy` wants DATABASE_URL.
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost:5432/opencx' },
});
