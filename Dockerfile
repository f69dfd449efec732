# The server and the command line in one image. Build: docker build -t showfloor .
FROM node:22-bookworm-slim AS node
WORKDIR /opt/showfloor/node
COPY node/.npmrc node/package.json node/package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY node/*.mjs ./

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgl1 libegl1 libx11-6 libgomp1 libusb-1.0-0 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /opt/showfloor/node /opt/showfloor/node

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONUNBUFFERED=1 \
    SHOWFLOOR_NODE_DIR=/opt/showfloor/node \
    SHOWFLOOR_MODELS_DIR=/opt/showfloor/models \
    SHOWFLOOR_DATA_DIR=/data \
    SHOWFLOOR_HOST=0.0.0.0 \
    NUMBA_CACHE_DIR=/data/.cache/numba

WORKDIR /src
COPY requirements.lock ./
RUN pip install -r requirements.lock
COPY . .
RUN pip install '.[postgres,s3]' -c requirements.lock && rm -rf /src/*
RUN showfloor models pull u2netp e5-small smollm2-135m

RUN useradd --system --uid 10001 --home-dir /data showfloor && install -d -o showfloor /data
USER showfloor
WORKDIR /data
VOLUME /data
EXPOSE 50051 8080
# Beyond loopback the server wants TLS (SHOWFLOOR_TLS_CERT and SHOWFLOOR_TLS_KEY), or SHOWFLOOR_INSECURE=true behind a
# proxy that adds it; docs/operators.md says how.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, ssl, urllib.request as u; t = bool(os.environ.get('SHOWFLOOR_TLS_CERT')); u.urlopen(f\"http{'s' * t}://127.0.0.1:{os.environ.get('SHOWFLOOR_WEB_PORT', 8080)}/healthz\", context=ssl._create_unverified_context() if t else None)"]
ENTRYPOINT ["showfloor"]
CMD ["serve"]
