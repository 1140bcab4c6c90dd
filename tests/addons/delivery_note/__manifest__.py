{
    "name": "Delivery Note",
    "summary": "The example of a kind of document: see docs/add-a-document.md",
    "version": "19.0.1.3.0",
    "author": "BMAsia CRM contributors",
    "license": "LGPL-3",
    "depends": ["document_flow"],
    "data": [
        "security/ir.model.access.csv",
        "report/delivery_note_report.xml",
        "data/mail_templates.xml",
        "views/delivery_note_views.xml",
    ],
}
