from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(max_length=80, verbose_name="系列")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                ("last", models.PositiveIntegerField(verbose_name="最后一个编号")),
            ],
            options={
                "verbose_name": "编号计数",
                "constraints": [
                    models.UniqueConstraint(fields=("series", "year"), name="one_counter_a_series_and_year"),
                    models.CheckConstraint(condition=models.Q(("last__gte", 1)), name="counted_from_one"),
                ],
            },
        ),
    ]
