from . import fields, models, wizard
