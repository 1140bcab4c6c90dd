from . import bmasia_print_batch
from . import document_send_batch
from . import ir_cron
from . import mail_hold
