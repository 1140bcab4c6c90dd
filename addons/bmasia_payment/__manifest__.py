{
    "name": "BMAsia Online Payment",
    "summary": "Customers of BMAsia CRM pay invoices through Odoo's payment providers",
    "version": "19.0.1.7.1",
    "category": "Sales/CRM",
    "author": "BMAsia CRM contributors",
    "website": "https://github.com/bmasia/bmasia_crm",
    "license": "LGPL-3",
    "depends": ["bmasia_portal", "payment"],
    "data": [
        "security/ir.model.access.csv",
        "views/payment_provider_views.xml",
        "views/payment_transaction_views.xml",
        "views/bmasia_payment_claim_views.xml",
        "views/bmasia_invoice_views.xml",
        "views/page_online.xml",
    ],
    "auto_install": True,
}
