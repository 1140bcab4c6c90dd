"""Keep the words of overdue reminders that a person has written.

Up to 19.0.1.3.0 all steps sent ``template_invoice_reminder``. Each has a template of
its own now, which lists all open items. Where somebody has changed the old one, the
steps go on with it; a manager may choose the new ones under Reminder Steps.
"""

ROOT = 1  # who writes when an addon is installed or upgraded
STEPS = (("overdue_7", 7), ("overdue_14", 14), ("overdue_21", 21))


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        SELECT template.id FROM mail_template AS template
        JOIN ir_model_data AS data ON data.res_id = template.id
        WHERE data.model = 'mail.template' AND data.module = 'bmasia_crm'
        AND data.name = 'template_invoice_reminder' AND template.write_uid != %s
        """,
        (ROOT,),
    )
    found = cr.fetchone()
    cr.execute("SELECT 1 FROM document_reminder_step WHERE kind LIKE 'overdue_%%'")
    if not found or cr.fetchone():
        return
    for kind, days in STEPS:
        cr.execute(
            "INSERT INTO document_reminder_step (kind, days, template_id, is_left_out)"
            " VALUES (%s, %s, %s, false)",
            (kind, days, found[0]),
        )
