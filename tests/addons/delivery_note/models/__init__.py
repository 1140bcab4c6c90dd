from . import delivery_note, document_reminder
