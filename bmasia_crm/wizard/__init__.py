from . import bmasia_send_wizard
