"""The libraries' tables come before the domain's.

Django renders every model it knows anew for each change of a model that others point to. The libraries have dozens
of such migrations: run last, among some two hundred models, they took three quarters of the time of a first start.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        ("sessions", "0001_initial"),
    ]
    operations = []
