
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0002_services_as_the_pathway_needs_them'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalhomecareservice',
            name='registration_answer_working_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='From a registration sent to its acknowledgement, as agreed', null=True),
        ),
        migrations.AddField(
            model_name='homecareservice',
            name='registration_answer_working_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='From a registration sent to its acknowledgement, as agreed', null=True),
        ),
    ]
