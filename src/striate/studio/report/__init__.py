"""A report: one HTML file that shows a run without any server, light enough to mail."""

from __future__ import annotations

from striate.studio.report.composition import Report, compose, report

__all__ = ["Report", "compose", "report"]
