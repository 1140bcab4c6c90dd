{
    "name": "BMAsia Health",
    "summary": "What an administrator watches: a doctor, a health page, metrics",
    "version": "19.0.1.7.1",
    "category": "Sales/CRM",
    "author": "BMAsia CRM contributors",
    "website": "https://github.com/bmasia/bmasia_crm",
    "license": "LGPL-3",
    "depends": ["bmasia_crm"],
    "external_dependencies": {"python": ["prometheus-client"]},
    "data": [
        "security/ir.model.access.csv",
        "views/bmasia_health_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "bmasia_health/static/src/health/**/*",
        ],
    },
    "post_load": "answer_without_a_database",
    "auto_install": True,
}
