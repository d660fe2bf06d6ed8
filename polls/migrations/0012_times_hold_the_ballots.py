"""A poll that has been voted in stays public, and its times hold every ballot: no closing is dated back."""

from django.db import migrations

RULE = """
CREATE OR REPLACE FUNCTION polls_poll_keeps_its_meaning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = OLD.id)
       AND NOT EXISTS (SELECT 1 FROM polls_seal WHERE poll_id = OLD.id) THEN
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.question, NEW.max_choices) IS DISTINCT FROM (OLD.id, OLD.question, OLD.max_choices) THEN
        RAISE EXCEPTION 'Somebody has voted: the question stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.round NOT IN (OLD.round, OLD.round + 1) THEN
        RAISE EXCEPTION 'Rounds follow one another' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.round = OLD.round AND OLD.is_approved AND OLD.closes_at <= clock_timestamp()
       AND (NEW.is_approved, NEW.opens_at, NEW.closes_at) IS DISTINCT FROM (OLD.is_approved, OLD.opens_at, OLD.closes_at)
    THEN
        RAISE EXCEPTION 'A closed poll opens again only as a new round' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.is_approved AND NOT NEW.is_approved THEN
        RAISE EXCEPTION 'Somebody has voted: the poll stays public' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.opens_at, NEW.closes_at) IS DISTINCT FROM (OLD.opens_at, OLD.closes_at) AND EXISTS (
        SELECT 1 FROM polls_ballot WHERE poll_id = NEW.id AND round = NEW.round
        AND (cast_at >= NEW.closes_at OR cast_at + interval '1 hour' <= NEW.opens_at)
    ) THEN
        RAISE EXCEPTION 'There are ballots outside these times' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("polls", "0011_rules")]
    operations = [migrations.RunSQL(RULE, migrations.RunSQL.noop)]
