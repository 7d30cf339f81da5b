# The packages that the server needs, without development tools and without the embedded PostgreSQL (its binaries are the only optional
# packages): a container gets its database by DATABASE_URL.
FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

# Node runs the TypeScript as it is, so there is no build step.
FROM node:26-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIRECTORY=/data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json trusted-documents.json ./
COPY schema ./schema
COPY migrations ./migrations
COPY src ./src
# Entries of the audit log wait here for PostgreSQL: a volume, so that they outlive the container.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
