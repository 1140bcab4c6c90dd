from . import ir_mail_server
from . import mail_delivery
from . import mail_delivery_activity
from . import mail_delivery_bus
from . import mail_delivery_notification
from . import mail_mail
from . import mail_message
from . import mail_thread
