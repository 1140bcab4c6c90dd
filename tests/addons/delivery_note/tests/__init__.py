from . import (
    test_bulk_send,
    test_entities,
    test_numbers_and_states,
    test_reminders,
    test_screens,
    test_sending,
)
