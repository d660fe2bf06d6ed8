"""What the database itself makes sure of, whoever writes: the admin, a command, a bulk update, psql."""

from django.db import migrations

ROUNDS = """
ALTER TABLE polls_ballot
    ADD CONSTRAINT ballot_round_of_poll FOREIGN KEY (poll_id, round)
        REFERENCES polls_round (poll_id, number) DEFERRABLE INITIALLY IMMEDIATE,
    ADD CONSTRAINT ballot_knows_only_the_hour
        CHECK (date_trunc('hour', cast_at AT TIME ZONE 'UTC') = cast_at AT TIME ZONE 'UTC');

CREATE FUNCTION polls_round_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO polls_round (poll_id, number, secret)
    VALUES (NEW.id, NEW.round, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER round_begins AFTER INSERT OR UPDATE OF round ON polls_poll
    FOR EACH ROW EXECUTE FUNCTION polls_round_begins();

CREATE FUNCTION polls_poll_keeps_its_meaning() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NEW;
END $$;
CREATE TRIGGER keeps_its_meaning BEFORE UPDATE ON polls_poll
    FOR EACH ROW EXECUTE FUNCTION polls_poll_keeps_its_meaning();
"""

# The share lock of a voter and FOR UPDATE here take turns: no first ballot slips in between the look and the change.
ANSWERS = """
CREATE FUNCTION polls_answers_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[OLD.poll_id, NEW.poll_id];
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.poll_id, NEW.text, NEW."order") = (OLD.id, OLD.poll_id, OLD.text, OLD."order") THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM polls_poll WHERE id = ANY (touched) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = ANY (touched)) THEN
        RAISE EXCEPTION 'Somebody has voted: the answers stay' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER answers_stay BEFORE INSERT OR UPDATE OR DELETE ON polls_option
    FOR EACH ROW EXECUTE FUNCTION polls_answers_stay();
"""

# Who deletes a ballot has to put it back in the same statement: so voting mixes the rows (`voting._mix`).
BALLOTS = """
CREATE FUNCTION polls_ballot_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM polls_seal WHERE poll_id = NEW.poll_id AND round = NEW.round) THEN
            RAISE EXCEPTION 'The round is sealed' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF (NEW.id, NEW.poll_id, NEW.round, NEW.voter, NEW.cast_at, NEW.mark)
          IS DISTINCT FROM (OLD.id, OLD.poll_id, OLD.round, OLD.voter, OLD.cast_at, OLD.mark)
          OR (NEW.state <> OLD.state AND OLD.mark = '') THEN
        RAISE EXCEPTION 'A ballot is not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_stays BEFORE INSERT OR UPDATE ON polls_ballot
    FOR EACH ROW EXECUTE FUNCTION polls_ballot_stays();

CREATE FUNCTION polls_choice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A ballot is not changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER choice_stays BEFORE UPDATE ON polls_choice
    FOR EACH ROW EXECUTE FUNCTION polls_choice_stays();

CREATE FUNCTION polls_choices_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM polls_choice c JOIN polls_poll p ON p.id = c.poll_id
        WHERE c.ballot_id IN (SELECT ballot_id FROM added) GROUP BY c.ballot_id, p.max_choices
        HAVING count(*) > p.max_choices
    ) THEN
        RAISE EXCEPTION 'More is ticked than is allowed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER choices_fit AFTER INSERT ON polls_choice REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION polls_choices_fit();

CREATE FUNCTION polls_ballots_come_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM gone g WHERE NOT EXISTS '
                   '(SELECT 1 FROM %I b WHERE b.id = g.id AND ROW(b.*) = ROW(g.*)))', TG_TABLE_NAME) INTO lost;
    IF lost THEN
        RAISE EXCEPTION 'A ballot is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ballots_come_back AFTER DELETE ON polls_ballot REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION polls_ballots_come_back();
CREATE TRIGGER ballots_come_back AFTER DELETE ON polls_choice REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION polls_ballots_come_back();

CREATE FUNCTION polls_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM polls_ballot WHERE poll_id = OLD.poll_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'What is published is neither changed nor deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON polls_seal
    FOR EACH ROW EXECUTE FUNCTION polls_published_stays();
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON polls_receipt
    FOR EACH ROW EXECUTE FUNCTION polls_published_stays();
"""

# What a citizen sends must not make every process forget its pages: only a published answer is content.
CONTENT = """
CREATE CONSTRAINT TRIGGER content_changed AFTER INSERT ON polls_seal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_content_changed();
CREATE CONSTRAINT TRIGGER content_added AFTER INSERT ON polls_wish
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'answered') EXECUTE FUNCTION portal_content_changed();
CREATE CONSTRAINT TRIGGER content_changed AFTER UPDATE ON polls_wish
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ('answered' IN (OLD.state, NEW.state))
    EXECUTE FUNCTION portal_content_changed();
CREATE CONSTRAINT TRIGGER content_removed AFTER DELETE ON polls_wish
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'answered') EXECUTE FUNCTION portal_content_changed();
"""

BACK = """
DROP TRIGGER content_removed ON polls_wish; DROP TRIGGER content_changed ON polls_wish;
DROP TRIGGER content_added ON polls_wish; DROP TRIGGER content_changed ON polls_seal;
DROP TRIGGER published_stays ON polls_receipt; DROP TRIGGER published_stays ON polls_seal;
DROP TRIGGER ballots_come_back ON polls_choice; DROP TRIGGER ballots_come_back ON polls_ballot;
DROP TRIGGER choices_fit ON polls_choice;
DROP TRIGGER choice_stays ON polls_choice; DROP TRIGGER ballot_stays ON polls_ballot;
DROP TRIGGER answers_stay ON polls_option; DROP TRIGGER keeps_its_meaning ON polls_poll;
DROP TRIGGER round_begins ON polls_poll;
DROP FUNCTION polls_published_stays(), polls_ballots_come_back(), polls_choices_fit(),
    polls_choice_stays(), polls_ballot_stays(), polls_answers_stay(),
    polls_poll_keeps_its_meaning(), polls_round_begins();
ALTER TABLE polls_ballot DROP CONSTRAINT ballot_knows_only_the_hour, DROP CONSTRAINT ballot_round_of_poll;
"""


class Migration(migrations.Migration):
    dependencies = [("polls", "0010_a_result_to_trust"), ("portal", "0002_generation")]
    operations = [migrations.RunSQL([ROUNDS, ANSWERS, BALLOTS, CONTENT], BACK)]
