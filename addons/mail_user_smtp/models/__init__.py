from . import (
    base,
    fetchmail_server,
    ir_http,
    ir_mail_server,
    mail_mail,
    mail_message,
    mail_thread,
    res_company,
    res_config_settings,
    res_partner,
    res_users,
    res_users_sender,
)
