"""Tests to be written."""
