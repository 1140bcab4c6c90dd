SHIPPED = {
    "contract_template_th_syb": "th",
    "contract_template_th_bb": "th",
    "contract_template_hk_syb": "hk",
    "contract_template_hk_bb": "hk",
}


def migrate(cr, version):
    """Say for which country's entities the shipped texts are: a contract takes its
    template by that, and their data is not updated."""
    for name, country in SHIPPED.items():
        cr.execute(
            """
            UPDATE bmasia_contract_template template SET country_id = country.id
              FROM ir_model_data shipped, ir_model_data named, res_country country
             WHERE shipped.module = 'bmasia_crm' AND shipped.name = %s
               AND shipped.model = 'bmasia.contract.template'
               AND shipped.res_id = template.id AND template.country_id IS NULL
               AND named.module = 'base' AND named.name = %s
               AND named.model = 'res.country'
               AND named.res_id = country.id
            """,
            (name, country),
        )
