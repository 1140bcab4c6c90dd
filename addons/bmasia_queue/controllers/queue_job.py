from odoo.addons.queue_job.controllers.main import RunJobController


class HeldJobController(RunJobController):
    """In a database that is held jobs wait, of whichever addon: their runner is no
    scheduled job. It starts each of them here.
    """

    @classmethod
    def _try_perform_job(cls, env, job):
        env["mail.hold"]._postpone_job()
        return super()._try_perform_job(env, job)
