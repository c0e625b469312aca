"""Bars drawn on the server as SVG: no script, no other host, the same on paper. Kept by what they show."""

import hashlib
import json
from typing import Any

import vl_convert
from django.core.cache import cache

from reporting.counts import Dimension

KEPT_SECONDS = 24 * 3600
FONT = "Arial, Helvetica, sans-serif"


def bars(dimension: Dimension) -> str:
    """Return the SVG of a dimension's bars."""
    specification = json.dumps(_specification(dimension), sort_keys=True)
    key = f"reporting.chart.{hashlib.sha256(specification.encode()).hexdigest()}"
    svg: str = cache.get_or_set(key, lambda: vl_convert.vegalite_to_svg(specification), KEPT_SECONDS) or ""
    return svg


def _specification(dimension: Dimension) -> dict[str, Any]:
    rows = [{"label": part.label, "number": part.number, "words": f"{part.number:,}"} for part in dimension.slices]
    across = {"field": "number", "type": "quantitative", "axis": None}
    down = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "labelLimit": 220, "ticks": False},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": rows},
        "width": 300,
        "height": {"step": 26},
        "encoding": {"y": down},
        "layer": [
            {"mark": {"type": "bar", "color": "#005eb8", "height": 16}, "encoding": {"x": across}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "color": "#212b32"},
                "encoding": {"x": across, "text": {"field": "words"}},
            },
        ],
        "config": {
            "font": FONT,
            "background": "transparent",
            "view": {"stroke": None},
            "axis": {"labelFontSize": 13, "labelColor": "#212b32", "domain": False},
        },
    }
