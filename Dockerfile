# One image for web, worker and beat; docker-compose.yml says which runs what.
FROM node:22.21.1-bookworm-slim AS front
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.11.14-slim-bookworm
# libharfbuzz-subset0: without it the first PDF takes 45 times as long.
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
  && rm -rf /var/lib/apt/lists/*
# The root is read-only when it runs: caches go where it may write.
ENV PYTHONUNBUFFERED=1 XDG_CACHE_HOME=/tmp
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=front /app/node_modules node_modules
RUN useradd --system --uid 10001 yiyang \
  && mkdir -p /var/lib/yiyang/media \
  && chown -R yiyang /var/lib/yiyang
ENV DJANGO_SETTINGS_MODULE=yiyang.settings VAR_DIR=/var/lib/yiyang STATIC_ROOT=/app/published FONTS_FOLDER=/app/fonts
RUN python -m agreements.documents.cut_fonts /app/fonts
# Nothing is reached while the image is built: the secrets here only let the settings load.
RUN SECRET_KEY=build DATABASE_URL=postgresql://build@build/build REDIS_URL=redis://build \
  ALLOWED_HOSTS=build SITE_URL=https://build \
  python -c "import django; django.setup(); from yiyang import static; static.publish()" \
  && python -m compileall -q /app
USER yiyang
EXPOSE 8000
CMD ["gunicorn", "--config=python:yiyang.web_server", "yiyang.wsgi", "--bind=0.0.0.0:8000", "--no-control-socket", "--worker-tmp-dir=/dev/shm"]
