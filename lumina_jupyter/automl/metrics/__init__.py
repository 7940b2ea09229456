"""By what candidates are judged, and how sure that is."""
