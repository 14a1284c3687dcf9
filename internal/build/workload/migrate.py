"""Brings the chat's database to what this image needs, one pod at a time.

Each chat does so at its start, and two that do it at once fail each other. Here one
has a lock of PostgreSQL's until it is done; the next finds nothing to do.
"""

import os
import time

import psycopg
from alembic import command
from alembic.config import Config
from open_webui.env import OPEN_WEBUI_DIR

LOCK = 0x6865617274680001  # "hearth" and 1, which no other program of this database's takes


def patiently(attempt):
    """Returns what attempt does, once the server and its operator are that far: five minutes at most."""
    end = time.monotonic() + 300
    while True:
        try:
            return attempt()
        except psycopg.Error as error:
            if time.monotonic() > end:
                raise
            print("waiting:", error, flush=True)
            time.sleep(2)


# Without the name of a driver, which libpq does not read.
scheme, rest = os.environ["DATABASE_URL"].split("://", 1)
with patiently(lambda: psycopg.connect(scheme.split("+", 1)[0] + "://" + rest, autocommit=True)) as connection:
    print("waiting until no other pod migrates", flush=True)
    # Asked for again and again: a statement that waits would hold up CREATE INDEX CONCURRENTLY.
    while not connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()[0]:
        time.sleep(1)
    config = Config(OPEN_WEBUI_DIR / "alembic.ini")
    config.set_main_option("script_location", str(OPEN_WEBUI_DIR / "migrations"))
    command.upgrade(config, "head")
    for (version,) in connection.execute("SELECT version_num FROM alembic_version"):
        print("the database is at", version, flush=True)
    if os.environ.get("VECTOR_DB") == "pgvector":
        patiently(lambda: connection.execute("CREATE EXTENSION IF NOT EXISTS vector"))  # unless there, a superuser's
        from open_webui.retrieval.vector.dbs.pgvector import PgvectorClient

        PgvectorClient()  # makes the tables of vectors, as each chat does
        print("the tables of vectors are there", flush=True)
