# A service as a container: the same bundle that instances run, on the same Node.js.
#
#   docker build --build-arg SERVICE=api --tag steadfast-api .
#
# docs/containers.md says what to set, and how to build for arm64 and amd64 at once.

# By digest, so that a build today and one next year start from the same bytes. The digest is of the
# index, which has arm64 and amd64.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

# On the builder's own architecture: the bundle is JavaScript, the same for all.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS sources
WORKDIR /app
# What is installed changes less often than what is built from it.
COPY package.json package-lock.json ./
COPY packages/api/package.json packages/api/
# #region quotes
COPY packages/collector/package.json packages/collector/
# #endregion quotes
COPY packages/core/package.json packages/core/
COPY packages/local/package.json packages/local/
COPY packages/sst-ec2/package.json packages/sst-ec2/
COPY tools/build/package.json tools/build/
COPY tools/common/package.json tools/common/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .

FROM sources AS build
ARG SERVICE=api
RUN node scripts/build.ts --entry "packages/${SERVICE}/src/server.ts" --out /bundle

FROM ${NODE_IMAGE}
# The service needs no package manager, and whoever broke into it should not find one.
RUN rm -r /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx \
  && rm -rf /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn-* \
  # For what a service keeps across restarts.
  && install --directory --owner 1000 --group 1000 /data
COPY --from=build /bundle /app
WORKDIR /app
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
# One arena, as on an instance: packages/sst-ec2/src/instance/node.ts says why.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 MALLOC_ARENA_MAX=1
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM reaches Node itself, which drains and ends with 0.
CMD ["node", "start.mjs"]
