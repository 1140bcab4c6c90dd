"""Thai customers withhold 3 % of services: proposed from now on."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        "ALTER TABLE res_company ADD COLUMN IF NOT EXISTS withholding_rate numeric"
    )
    cr.execute(
        """
        UPDATE res_company SET withholding_rate = 3
          FROM res_partner, res_currency
         WHERE res_partner.id = res_company.partner_id
           AND res_currency.id = res_company.currency_id
           AND res_company.withholding_rate IS NULL
           AND (res_partner.country_id = (SELECT id FROM res_country WHERE code = 'TH')
                OR (res_partner.country_id IS NULL AND res_currency.name = 'THB'))
        """
    )
