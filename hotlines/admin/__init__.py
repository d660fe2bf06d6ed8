from hotlines.admin import lines, offices, records

__all__ = ["lines", "offices", "records"]
