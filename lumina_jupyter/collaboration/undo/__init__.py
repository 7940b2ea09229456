"""The journal of all edits, and taking back those of one author by replaying the others."""
