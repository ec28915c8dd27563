# syntax=docker/dockerfile:1
# The operator's image: docker build --tag apikey-rotation-operator:0.1.0 .
# Releases pin both bases: --build-arg BUILD_IMAGE=node:26-bookworm-slim@sha256:… --build-arg RUNTIME_IMAGE=…@sha256:…
ARG BUILD_IMAGE=node:26-bookworm-slim
# Node, of the line that all tests run on, and what it links to; no shell, no package manager.
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs26-debian13:nonroot

# Nothing in it is built for one platform, so the machine that builds does it once for all.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /source
COPY . .
RUN npm ci --ignore-scripts && node scripts/image-tree.ts /app

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
# The address of the repository, which the release workflow knows.
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="apikey-rotation-operator" \
      org.opencontainers.image.description="Rotates API keys by itself: issue, publish, wait until every consumer moved, revoke" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}"
# Root's, and written by nobody: the process owns no file.
COPY --from=build --chown=0:0 --chmod=a-w,a+rX /app /app
WORKDIR /app
ENV NODE_ENV=production
# Memory that is free goes back to the system: what a list of ten thousand objects took for a moment, malloc would keep for ever.
ENV MALLOC_ARENA_MAX=2
ENV MALLOC_TRIM_THRESHOLD_=131072
USER 65532:65532
EXPOSE 8080 8082
# A signal opens no debugger, which reads whatever is in memory. With --expose-gc the heap is made small when there is nothing to do. It is
# collected when it is half as large again as what was in use, and not, as on a large node, at four times that: garbage of a crowd is no
# reason to take a hundred MiB more. What V8's last compiler would gain on calls that mostly wait is less than what its threads take: without
# it a rotation costs a tenth less CPU time, and some memory.
ENTRYPOINT ["/nodejs/bin/node", "--disable-sigusr1", "--expose-gc", "--max-semi-space-size=16", "--heap-growing-percent=50", "--no-turbofan", "--enable-source-maps", "/app/dist/main.js"]
