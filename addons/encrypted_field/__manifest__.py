{
    "name": "Encrypted Field",
    "summary": "Fields whose database column holds ciphertext only",
    "version": "19.0.1.7.1",
    "category": "Hidden/Tools",
    "author": "BMAsia CRM contributors",
    "website": "https://github.com/bmasia/bmasia_crm",
    "license": "LGPL-3",
    "depends": ["base"],
    "external_dependencies": {"python": ["cryptography"]},
    "data": ["wizard/base_module_uninstall_views.xml"],
}
