#!/usr/bin/env bash
# Stands in for the public image's start.sh, less what starts an Ollama or a browser inside the container.
set -eu
cd /app/backend
exec python3 -m uvicorn open_webui.main:app --host "${HOST:-0.0.0.0}" --port "${PORT:-8080}" \
  --forwarded-allow-ips '*' --workers "${UVICORN_WORKERS:-1}"
