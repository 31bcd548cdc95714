import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conference", "0003_seats_to_tickets")]

    operations = [
        migrations.RemoveField(model_name="registration", name="seat_number"),
        migrations.AlterField(
            model_name="ticket",
            name="conference",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tickets", to="conference.conference"
            ),
        ),
        migrations.AddConstraint(
            model_name="conference",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken__lte", models.F("ceiling"))), name="never_over_capacity"
            ),
        ),
    ]
