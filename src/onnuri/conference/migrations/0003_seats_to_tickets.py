"""A seat's number moves from the claim to the ticket, so that each person of a party has one."""

from django.db import migrations


def carry_over(apps, schema_editor):
    Conference = apps.get_model("conference", "Conference")
    Registration = apps.get_model("conference", "Registration")
    Ticket = apps.get_model("conference", "Ticket")
    for own in Registration.objects.all():
        own.rank = own.seq
        own.save(update_fields=["rank"])
        known = Ticket.objects.filter(registration=own).first() or Ticket(registration=own, code=None)
        known.conference_id, known.seat_number, known.name = own.conference_id, own.seat_number, ""
        known.save()
    for conference in Conference.objects.all():
        seated = Registration.objects.filter(conference=conference, place="seat").count()
        conference.taken, conference.ceiling = seated, max(seated, conference.capacity)
        conference.save(update_fields=["taken", "ceiling"])


class Migration(migrations.Migration):
    dependencies = [("conference", "0002_places")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
