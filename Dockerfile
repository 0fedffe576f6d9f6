# syntax=docker/dockerfile:1
# Two images from one build: `runtime` with the services and symflow, `sandbox` with the simulated tailnet besides.
# Written without a Docker daemon at hand: not built yet.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends librdkafka-dev libsqlite3-dev zlib1g-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /sym
# The manifests first: fetched packages stay in a layer of their own until one of them changes.
COPY Package.swift ./
COPY Shared/KafkaClient/Package.swift Shared/KafkaClient/Package.swift
COPY Shared/HuJSON/Package.swift Shared/HuJSON/Package.swift
RUN swift package resolve
COPY Services Services
COPY Shared Shared
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product sym-intake \
    && swift build -c release --static-swift-stdlib --product sym-approval \
    && swift build -c release --static-swift-stdlib --product sym-tailscale-provisioner \
    && swift build -c release --static-swift-stdlib --product symflow \
    && swift build -c release --static-swift-stdlib --product sym-sandbox \
    && mkdir /out \
    && bin="$(swift build -c release --static-swift-stdlib --show-bin-path)" \
    && cp "$bin/sym-intake" "$bin/sym-approval" "$bin/sym-tailscale-provisioner" "$bin/symflow" "$bin/sym-sandbox" /out/

FROM debian:bookworm-slim AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates librdkafka1 libsqlite3-0 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home sym \
    && install -d -o sym -m 0700 /var/lib/sym
USER 10001

# The simulated tailnet, for the profile `sandbox` of docker-compose.yml.
FROM base AS sandbox
COPY --from=build /out/sym-sandbox /usr/local/bin/
ENTRYPOINT ["sym-sandbox"]

# Last, so that it is what `docker build .` makes; the sandbox is never in it.
FROM base AS runtime
COPY --from=build /out/sym-intake /out/sym-approval /out/sym-tailscale-provisioner /out/symflow /usr/local/bin/
