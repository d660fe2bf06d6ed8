"""Composite foreign keys, which Django cannot declare: a choice's ballot and option are both of the choice's poll."""

from django.db import migrations

ADD = """
ALTER TABLE polls_choice
    ADD CONSTRAINT choice_ballot_of_poll FOREIGN KEY (poll_id, ballot_id)
        REFERENCES polls_ballot (poll_id, id) DEFERRABLE INITIALLY IMMEDIATE,
    ADD CONSTRAINT choice_option_of_poll FOREIGN KEY (poll_id, option_id)
        REFERENCES polls_option (poll_id, id) DEFERRABLE INITIALLY IMMEDIATE;
"""
DROP = "ALTER TABLE polls_choice DROP CONSTRAINT choice_ballot_of_poll, DROP CONSTRAINT choice_option_of_poll;"


class Migration(migrations.Migration):
    dependencies = [("polls", "0001_initial")]
    operations = [migrations.RunSQL(ADD, DROP)]
