"""Pictures of figures, drawn with matplotlib: readable on a phone, light or dark."""

from adapters.charts.charts import MatplotlibCharts

__all__ = ["MatplotlibCharts"]
