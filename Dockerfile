# API and worker of opencx-freshdesk in one image. PostgreSQL and Temporal are not in it: DATABASE_URL and TEMPORAL_ADDRESS
# say where they are.
#
#   docker build -t opencx-freshdesk .
#   docker run --env-file .env -e DATABASE_URL=… -e TEMPORAL_ADDRESS=… -p 3000:3000 opencx-freshdesk
#
# Any other command of the command line takes the place of `serve`: docker run … opencx-freshdesk doctor

# Where images of your own stand between you and Docker's: docker build --build-arg NODE_IMAGE=registry.example/node:24-bookworm-slim .
# It has to be a glibc image of Node 24.2 or newer (the Temporal SDK has no part for Alpine).
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
# Packages and the Prisma client change less often than the sources.
COPY package.json package-lock.json prisma.config.ts ./
COPY tools/setup/*.mjs tools/setup/
COPY prisma prisma
RUN node tools/setup/run.mjs
COPY tsconfig.json tsconfig.build.json ./
COPY src src

# A Freshdesk account in memory, to try the product without one: docker-compose.try.yml
FROM packages AS simulator
COPY simulator simulator
USER node
EXPOSE 4010
ENTRYPOINT ["node", "simulator/main.ts"]

FROM packages AS build
COPY web web
RUN npm run build
# What only development needs goes, and so do the Node and the PostgreSQL that a checkout brings along.
RUN node tools/setup/prune-image.mjs

FROM ${NODE_IMAGE}
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
