# syntax=docker/dockerfile:1
# The image holds the built virtual environment, git and nothing else of the checkout.
# The same tag in both stages: the environment's interpreter is a link into the base image.
ARG BASE=python:3.13.5-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock requirements-dev.lock ./
# uv itself comes from the lock, so even the first download is checked against a hash.
RUN awk 'index($0, "uv==") == 1 { on = 1 } on { print; if (!/\\$/) exit }' requirements-dev.lock > uv.lock.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --no-deps --only-binary :all: --require-hashes -r uv.lock.txt \
    && python -m venv --without-pip /opt/orchestrator \
    && /opt/build/bin/uv pip sync --python /opt/orchestrator/bin/python --require-hashes requirements.lock
COPY pyproject.toml README.md ./
COPY bot bot
COPY adapters adapters
COPY core core
COPY config config
# What builds the wheel is pinned by the development lock.
RUN /opt/build/bin/uv pip install --python /opt/orchestrator/bin/python --no-deps \
        --build-constraints requirements-dev.lock .

FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/orchestrator --create-home orchestrator
COPY --from=build /opt/orchestrator /opt/orchestrator
ENV PATH=/opt/orchestrator/bin:$PATH \
    ORCHESTRATOR_HOME=/var/lib/orchestrator \
    PYTHONUNBUFFERED=1
USER orchestrator
WORKDIR /var/lib/orchestrator
VOLUME ["/var/lib/orchestrator"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s --retries=3 CMD ["orchestrator", "status", "--json"]
ENTRYPOINT ["orchestrator"]
CMD ["worker"]
