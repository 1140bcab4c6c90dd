from . import fields
