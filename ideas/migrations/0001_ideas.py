import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

import common.ids


def search_configuration(name: str, like: str, stemmer: str) -> tuple[str, str]:
    """A text search configuration that ignores accents before it stems."""
    return (
        f"CREATE TEXT SEARCH CONFIGURATION {name} (COPY = {like});"
        f"ALTER TEXT SEARCH CONFIGURATION {name} ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {stemmer};",
        f"DROP TEXT SEARCH CONFIGURATION {name};",
    )


SEARCH_CONFIGURATIONS = [
    search_configuration("ideation_de", "german", "german_stem"),
    search_configuration("ideation_en", "english", "english_stem"),
    search_configuration("ideation_simple", "simple", "simple"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_people_and_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        *(migrations.RunSQL(make, drop) for make, drop in SEARCH_CONFIGURATIONS),
        migrations.CreateModel(
            name="Portal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("slug", models.SlugField(max_length=40, unique=True, verbose_name="short name")),
                ("logo", models.ImageField(blank=True, upload_to="logos/", verbose_name="logo")),
                (
                    "accent_colour",
                    models.CharField(
                        default="#2456a6",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-fA-F]{6}$", "A colour looks like #2456a6.")
                        ],
                        verbose_name="brand colour",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("de", "German"), ("en", "English")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("sender_name", models.CharField(blank=True, max_length=80, verbose_name="sender of mails")),
                ("sender_email", models.EmailField(blank=True, max_length=254, verbose_name="sender's address")),
                (
                    "welcome",
                    models.TextField(blank=True, help_text="Markdown, shown above the boards.", verbose_name="welcome"),
                ),
                ("imprint_url", models.URLField(blank=True, verbose_name="imprint")),
                ("privacy_url", models.URLField(blank=True, verbose_name="privacy policy")),
            ],
            options={
                "verbose_name": "portal",
                "verbose_name_plural": "portals",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Board",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="short name")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("description", models.TextField(blank=True, max_length=2000, verbose_name="what belongs here")),
                (
                    "language",
                    models.CharField(
                        choices=[("de", "German"), ("en", "English")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "seen_by",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("members", "Whoever is signed in"),
                            ("team", "The owning team"),
                        ],
                        default="public",
                        max_length=8,
                        verbose_name="who may see it",
                    ),
                ),
                (
                    "posting_by",
                    models.CharField(
                        choices=[("members", "Whoever is signed in"), ("team", "The owning team")],
                        default="members",
                        max_length=8,
                        verbose_name="who may post",
                    ),
                ),
                (
                    "voting_by",
                    models.CharField(
                        choices=[("members", "Whoever is signed in"), ("team", "The owning team")],
                        default="members",
                        max_length=8,
                        verbose_name="who may vote",
                    ),
                ),
                (
                    "commenting_by",
                    models.CharField(
                        choices=[("members", "Whoever is signed in"), ("team", "The owning team")],
                        default="members",
                        max_length=8,
                        verbose_name="who may comment",
                    ),
                ),
                (
                    "is_open",
                    models.BooleanField(
                        default=True, help_text="A closed board can be read only.", verbose_name="open"
                    ),
                ),
                ("allows_down_votes", models.BooleanField(default=False, verbose_name="votes against allowed")),
                (
                    "counts_shown",
                    models.CharField(
                        choices=[("always", "Always"), ("after_vote", "To those who voted")],
                        default="always",
                        max_length=10,
                        verbose_name="counts shown",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="boards",
                        to="accounts.team",
                        verbose_name="owning team",
                    ),
                ),
                (
                    "portal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="boards",
                        to="ideas.portal",
                        verbose_name="portal",
                    ),
                ),
            ],
            options={
                "verbose_name": "board",
                "verbose_name_plural": "boards",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=common.ids.new_public_id, editable=False, max_length=16, unique=True),
                ),
                ("body", models.TextField(max_length=5000, verbose_name="comment")),
                ("is_internal", models.BooleanField(default=False, verbose_name="internal note")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("edited_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="written"),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="ideas.comment",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
            },
        ),
        migrations.CreateModel(
            name="CommentRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                ("replaced_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="ideas.comment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Idea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=common.ids.new_public_id, editable=False, max_length=16, unique=True),
                ),
                ("title", models.CharField(max_length=140, verbose_name="title")),
                ("body", models.TextField(blank=True, max_length=20000, verbose_name="details")),
                ("language", models.CharField(default="en", max_length=8, verbose_name="language")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tags",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("under_review", "Under review"),
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "is_locked",
                    models.BooleanField(default=False, help_text="No votes, comments or edits.", verbose_name="locked"),
                ),
                ("is_pinned", models.BooleanField(default=False, verbose_name="pinned")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "votes_elsewhere",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="A total from another system; no order counts it.",
                        null=True,
                        verbose_name="votes elsewhere",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="posted"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="changed"
                    ),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.RawSQL(
                            "\nsetweight(to_tsvector(\n    CASE language WHEN 'de' THEN 'ideation_de'::regconfig WHEN 'en' THEN 'ideation_en'::regconfig\n    ELSE 'ideation_simple'::regconfig END, title), 'A')\n|| setweight(to_tsvector(\n    CASE language WHEN 'de' THEN 'ideation_de'::regconfig WHEN 'en' THEN 'ideation_en'::regconfig\n    ELSE 'ideation_simple'::regconfig END, body), 'B')\n",
                            (),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assigned_ideas",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ideas",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ideas",
                        to="ideas.board",
                        verbose_name="board",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="ideas.idea",
                    ),
                ),
            ],
            options={
                "verbose_name": "idea",
                "verbose_name_plural": "ideas",
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="idea",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comments",
                to="ideas.idea",
                verbose_name="idea",
            ),
        ),
        migrations.CreateModel(
            name="IdeaRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=140)),
                ("body", models.TextField(blank=True)),
                ("replaced_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "editor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="ideas.idea"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfficialResponse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(max_length=20000, verbose_name="response")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="responses", to="ideas.idea"
                    ),
                ),
            ],
            options={
                "verbose_name": "official response",
                "verbose_name_plural": "official responses",
            },
        ),
        migrations.AddField(
            model_name="idea",
            name="response",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="ideas.officialresponse",
            ),
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=120)),
                ("external_id", models.CharField(max_length=200)),
                ("url", models.URLField(blank=True, max_length=500)),
                (
                    "idea",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="origin", to="ideas.idea"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                (
                    "portal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="ideas.portal",
                        verbose_name="portal",
                    ),
                ),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "idea",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="ideas.idea",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("under_review", "Under review"),
                            ("planned", "Planned"),
                            ("in_progress", "In progress"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                        ],
                        max_length=16,
                    ),
                ),
                ("listed", models.BooleanField()),
                ("created_at", models.DateTimeField()),
                ("up", models.IntegerField(db_default=0)),
                ("down", models.IntegerField(db_default=0)),
                ("comments", models.IntegerField(db_default=0)),
                ("trending", models.FloatField(db_default=float("-inf"))),
                ("top", models.IntegerField(db_default=0)),
                ("best", models.FloatField(db_default=0.0)),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ideas.board"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("muted", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follows", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="ideas.idea"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("idea", "person"), name="follow_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("body", ""), _negated=True), name="comment_body_given"
            ),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="idea_search"),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=django.contrib.postgres.indexes.GistIndex(
                django.contrib.postgres.indexes.OpClass("title", name="gist_trgm_ops(siglen=256)"),
                name="idea_title_trigram",
            ),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="idea_tags"),
        ),
        migrations.AddConstraint(
            model_name="idea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["open", "under_review", "planned", "in_progress", "shipped", "declined"])
                ),
                name="idea_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="idea",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="idea_title_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="idea",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True), name="idea_not_merged_into_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="origin",
            constraint=models.UniqueConstraint(fields=("source", "external_id"), name="origin_external_id_unique"),
        ),
        migrations.AddConstraint(
            model_name="board",
            constraint=models.CheckConstraint(
                condition=models.Q(("seen_by__in", ["public", "members", "team"])), name="board_seen_by_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="board",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("posting_by__in", ["members", "team"]),
                    ("voting_by__in", ["members", "team"]),
                    ("commenting_by__in", ["members", "team"]),
                ),
                name="board_audiences_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="board",
            constraint=models.CheckConstraint(
                condition=models.Q(("counts_shown__in", ["always", "after_vote"])), name="board_counts_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                models.F("portal"), django.db.models.functions.text.Lower("name"), name="tag_name_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("listed", True)),
                fields=["board", "status", "-trending", "-idea"],
                name="standing_trending",
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("listed", True)), fields=["board", "status", "-top", "-idea"], name="standing_top"
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("listed", True)),
                fields=["board", "status", "-created_at", "-idea"],
                name="standing_created_at",
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("listed", True)), fields=["board", "status", "-best", "-idea"], name="standing_best"
            ),
        ),
        # Room on each page for the next fold's version of a row.
        migrations.RunSQL(
            "ALTER TABLE ideas_standing SET (fillfactor = 70)", "ALTER TABLE ideas_standing RESET (fillfactor)"
        ),
    ]
