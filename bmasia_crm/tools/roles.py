"""Who may do what: the groups of ``security/bmasia_crm_groups.xml``."""

USER = "bmasia_crm.group_user"
FINANCE = "bmasia_crm.group_finance"
MANAGER = "bmasia_crm.group_manager"
