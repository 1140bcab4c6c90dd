{
    "name": "Mail Delivery",
    "summary": "Every outgoing mail is claimed, recorded, retried and never doubled",
    "version": "19.0.1.7.1",
    "category": "Productivity/Discuss",
    "author": "BMAsia CRM contributors",
    "website": "https://github.com/bmasia/bmasia_crm",
    "license": "LGPL-3",
    "depends": ["mail", "auth_signup"],
    "external_dependencies": {"python": ["regex"]},
    "data": [
        "security/mail_delivery_groups.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "views/mail_delivery_views.xml",
        "views/ir_mail_server_views.xml",
        "views/mail_mail_views.xml",
        "views/mail_layout.xml",
        "views/mail_hold_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "mail_delivery/static/src/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
}
