from hotlines.models.calls import Check, FormerNumber
from hotlines.models.holidays import Holiday
from hotlines.models.lines import RETRY_DAYS, Hotline
from hotlines.models.offices import Office, Succession
from hotlines.models.officials import Official

__all__ = ["RETRY_DAYS", "Check", "FormerNumber", "Holiday", "Hotline", "Office", "Official", "Succession"]
