from . import bmasia_health_database
from . import bmasia_health_mail
from . import bmasia_health_metrics
from . import bmasia_health_server
from . import bmasia_health_token
from . import bmasia_health
from . import bmasia_print_time
from . import ir_actions_report
