{
    "name": "BMAsia REST",
    "summary": "REST interface of BMAsia CRM: read records, print and send documents",
    "version": "19.0.1.7.1",
    "category": "Sales/CRM",
    "author": "BMAsia CRM contributors",
    "website": "https://github.com/bmasia/bmasia_crm",
    "license": "LGPL-3",
    "depends": ["document_flow", "bmasia_crm"],
    "external_dependencies": {"python": ["pydantic"]},
    "auto_install": True,
}
