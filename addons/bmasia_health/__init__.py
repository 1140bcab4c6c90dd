from . import controllers
from . import models
from .controllers.absence import answer_without_a_database
