"""Rows into PostgreSQL by COPY, with foreign keys and secondary indexes taken off before and put back after."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from tqdm import tqdm

from bench.data import BOARDS, COLUMNS, TAGS, TEAM_PEOPLE, TEAMS, Data

Connection = psycopg.Connection[tuple[Any, ...]]

TABLES = (*(table for table, _columns in COLUMNS.values()), "votes_vote", "votes_voteevent")
SETTINGS = """
SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET statement_timeout = 0"""
# In the order in which they were given, as a grown installation has them: an idea's votes lie far apart.
VOTES = """
INSERT INTO votes_vote (idea_id, voter_id, value, at)
SELECT idea_id, voter_id, value, to_timestamp(seconds) FROM staged_vote ORDER BY seconds, idea_id, voter_id;
INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, old_at, at, recorded_at)
SELECT v.idea_id, k.key, 0, v.value, NULL, to_timestamp(v.seconds), to_timestamp(v.seconds)
FROM staged_vote v JOIN votes_voterkey k ON k.person_id = v.voter_id ORDER BY v.seconds, v.idea_id, v.voter_id"""


def load(connection: Connection, data: Data) -> None:
    """Fill an empty, migrated database; the connection commits by itself. Tallies and scores are left to the fold."""
    connection.execute(SETTINGS)
    with _bare(connection):
        _few(connection)
        for name in COLUMNS:
            _copy(connection, data, name)
        _copy_votes(connection, data)
    _count_on(connection)
    connection.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}".encode())


def _few(connection: Connection) -> None:
    """Write what there is little of: portal, teams, boards, tags."""
    connection.execute(
        """INSERT INTO ideas_portal (id, name, slug, logo, accent_colour, language, sender_name, sender_email, welcome,
                                     imprint_url, privacy_url)
           VALUES (1, 'Bench', 'bench', '', '#2456a6', 'en', '', '', 'Say what is missing.', '', '')"""
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO accounts_team (id, name, slug) VALUES (%s, %s, lower(%s))",
            [(number, name, name) for number, name in enumerate(TEAMS, 1)],
        )
        cursor.executemany(
            """INSERT INTO ideas_board (id, portal_id, slug, name, description, language, team_id, seen_by, posting_by,
                                        voting_by, commenting_by, is_open, allows_down_votes, counts_shown, position)
               VALUES (%s, 1, %s, initcap(%s), 'What belongs here.', %s, %s, %s, 'members', 'members', 'members', true,
                       %s, %s, %s)""",
            [
                (
                    *(number, board.slug, board.slug, board.language, 1 + number % len(TEAMS), board.seen_by),
                    *(board.allows_down_votes, board.counts_shown, number),
                )
                for number, board in enumerate(BOARDS, 1)
            ],
        )
        cursor.executemany("INSERT INTO ideas_tag (portal_id, name) VALUES (1, %s)", [(tag,) for tag in TAGS])
        cursor.executemany(
            "INSERT INTO accounts_person_teams (person_id, team_id) VALUES (%s, %s)",
            [(2 + number, 1 + number % len(TEAMS)) for number in range(TEAM_PEOPLE)],
        )


def _copy(connection: Connection, data: Data, name: str) -> None:
    table, columns = COLUMNS[name]
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
        for row in tqdm(getattr(data, name)(), desc=name, unit_scale=True, disable=None):
            copy.write_row(row)


def _copy_votes(connection: Connection, data: Data) -> None:
    connection.execute(
        "CREATE UNLOGGED TABLE staged_vote (idea_id bigint, voter_id bigint, value smallint, seconds float8)"
    )
    with connection.cursor() as cursor, cursor.copy("COPY staged_vote FROM STDIN") as copy:
        for rows in tqdm(data.votes(), desc="votes, by idea", total=data.size.ideas, unit_scale=True, disable=None):
            copy.write("".join(f"{idea}\t{voter}\t{value}\t{at!r}\n" for idea, voter, value, at in rows))
    for statement in VOTES.split(";"):
        connection.execute(statement.encode())
    connection.execute("DROP TABLE staged_vote")


@contextmanager
def _bare(connection: Connection) -> Iterator[None]:
    """Have the tables without foreign keys and secondary indexes; putting them back proves the rows."""
    keys = connection.execute(
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE contype = 'f' AND (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))""",
        [list(TABLES), list(TABLES)],
    ).fetchall()
    indexes = connection.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
           WHERE indrelid::regclass::text = ANY(%s)
             AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
        [list(TABLES)],
    ).fetchall()
    for table, name, _definition in keys:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())
    for name, _definition in indexes:
        connection.execute(f"DROP INDEX {name}".encode())
    yield
    for _name, definition in tqdm(indexes, desc="indexes", disable=None):
        connection.execute(definition.encode())
    for table, name, definition in tqdm(keys, desc="foreign keys", disable=None):
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'.encode())


def _count_on(connection: Connection) -> None:
    """Let what comes next get ids behind those that were given here."""
    owned = connection.execute(
        """SELECT t.relname, a.attname, pg_get_serial_sequence(t.oid::regclass::text, a.attname)
           FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attidentity <> ''
           WHERE t.relkind = 'r'"""
    ).fetchall()
    for table, column, sequence in owned:
        connection.execute(f"SELECT setval('{sequence}', coalesce(max({column}), 0) + 1, false) FROM {table}".encode())
