# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements.lock ./
RUN uv venv .venv && uv pip install --no-cache --compile-bytecode --require-hashes --python .venv -r requirements.lock
COPY . .
# Collecting asks for no database; without DATABASE_URL the settings need nothing else either.
RUN VAR_DIR=/tmp/build STATIC_ROOT=/app/static .venv/bin/python manage.py compile_translations \
    && VAR_DIR=/tmp/build STATIC_ROOT=/app/static .venv/bin/python manage.py collectstatic --no-input -v0

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home ideation
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 VAR_DIR=/data STATIC_ROOT=/app/static
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=40s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz')"]
CMD ["python", "manage.py", "process", "web"]
