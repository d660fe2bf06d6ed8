from hotlines.models.calls import Check, FormerNumber
from hotlines.models.holidays import Holiday
from hotlines.models.lines import Hotline
from hotlines.models.offices import Office, Succession

__all__ = ["Check", "FormerNumber", "Holiday", "Hotline", "Office", "Succession"]
