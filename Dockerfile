FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 MALLOC_ARENA_MAX=1 DATA_DIR=/data
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt && useradd --create-home --uid 1000 app && mkdir /data && chown app /data
COPY --chown=app . .
USER app
VOLUME /data
EXPOSE 8000
# Threads, not processes, wait for slow clients; --timeout is for a whole upload on a slow line.
CMD ["gunicorn", "trainingsite.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8", "--timeout", "3600", "--graceful-timeout", "60", "--no-control-socket"]
