"""Codes that come back: a card may be used again and is always the same voice (decision 0018)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("conversation", "0002_no_order_at_rest")]

    operations = [
        migrations.AddField(model_name="seatcode", name="card", field=models.BooleanField(default=False)),
    ]
