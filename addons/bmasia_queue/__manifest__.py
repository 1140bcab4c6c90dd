{
    "name": "BMAsia Queue",
    "summary": "Batches of e-mails, billing runs and batches of PDFs as jobs of OCA "
    "queue_job",
    "version": "19.0.1.7.1",
    "category": "Hidden",
    "author": "BMAsia CRM contributors",
    "website": "https://github.com/bmasia/bmasia_crm",
    "license": "LGPL-3",
    "depends": ["document_flow", "bmasia_crm", "queue_job"],
    "data": [
        "security/ir.model.access.csv",
        "security/bmasia_queue_rules.xml",
        "data/queue_job.xml",
        "views/bmasia_print_batch_views.xml",
    ],
    "auto_install": True,
}
