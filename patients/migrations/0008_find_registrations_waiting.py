
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0007_assessing_and_handover'),
        ('providers', '0003_registration_answer_target'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='registration',
            index=models.Index(condition=models.Q(('outcome', 'WAITING')), fields=['sent_at'], name='registration_waiting'),
        ),
    ]
