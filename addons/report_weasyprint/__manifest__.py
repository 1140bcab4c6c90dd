{
    "name": "Reports by WeasyPrint",
    "summary": "QWeb reports to PDF: page headers and footers, real text, bounded cost",
    "version": "19.0.1.7.1",
    "category": "Technical",
    "author": "BMAsia CRM contributors",
    "website": "https://github.com/bmasia/bmasia_crm",
    "license": "LGPL-3",
    "depends": ["web"],
    "external_dependencies": {"python": ["weasyprint"]},
    "data": ["views/ir_actions_report_views.xml"],
}
