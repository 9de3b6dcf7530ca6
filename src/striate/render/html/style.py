"""The style of all pieces: nothing but what carries the class ``striate`` is touched."""

from __future__ import annotations

from striate.render.html.element import Markup, element

_SHEET = """
.striate{font:14px/20px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:inherit;max-width:1100px}
.striate .title{font-weight:600;font-size:15px;margin:0 0 2px}
.striate .muted{opacity:.72;font-size:12.5px;margin:0 0 6px}
.striate .figure,.striate td.n,.striate code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;
font-variant-numeric:tabular-nums;font-size:12.5px}
.striate table{border-collapse:collapse;margin:0;border:0;color:inherit;background:none;font-size:inherit}
.striate tr,.striate tr:hover{background:none!important;border:0}
.striate .rows{max-height:420px;overflow:auto;display:inline-block;max-width:100%}
.striate .rows td,.striate .rows th{padding:2px 10px 2px 0;text-align:left;
border-bottom:1px solid rgba(128,128,128,.25);white-space:nowrap;background:none}
.striate .rows th{font-weight:600;font-size:12px;opacity:.72}
.striate .rows .n{text-align:right}
.striate .maps{display:flex;flex-wrap:wrap;gap:6px;margin:2px 0 4px}
.striate figure{margin:0}
.striate figcaption{font-size:11px;line-height:14px;opacity:.72;font-family:ui-monospace,Menlo,Consolas,monospace}
.striate img{image-rendering:pixelated;display:block;border:1px solid rgba(128,128,128,.35);margin:0;background:none;
max-width:none}
.striate svg{display:block;border:1px solid rgba(128,128,128,.35)}
.striate .legend{display:inline-flex;align-items:center;gap:6px;font-size:12px;vertical-align:middle}
.striate .legend img{width:72px;height:9px}
.striate .bar{display:inline-block;height:10px;background:currentColor;opacity:.45;vertical-align:middle}
.striate .sum{display:flex;flex-wrap:wrap;align-items:center;gap:4px 10px;margin:2px 0 10px}
.striate .cells td{border:1px solid rgba(128,128,128,.35);padding:1px 5px;text-align:right;min-width:44px;
font:12px/18px ui-monospace,Menlo,Consolas,monospace;font-variant-numeric:tabular-nums}
.striate .cells td.pad{background:repeating-linear-gradient(135deg,transparent 0 4px,rgba(128,128,128,.35) 4px 5px);
text-align:center;opacity:.8}
.striate .cells td.won{outline:2px solid #d98e04;outline-offset:-2px}
.striate .cells tr.gap td{border:0;padding:0;height:5px;line-height:5px}
.striate .sign{font-size:18px;opacity:.72}
.striate details{margin:4px 0}
.striate summary{cursor:pointer;font-size:12.5px;opacity:.8}
.striate .formula{white-space:pre-wrap;overflow-wrap:anywhere}
[data-jp-theme-light="false"] .striate img.signed,.vscode-dark .striate img.signed,
html[theme="dark"] .striate img.signed{filter:brightness(1.55)}
"""


def piece(*children: str) -> Markup:
    """One output of a notebook, with its style."""
    return element("div", element("style", Markup(_SHEET.replace("\n", ""))), *children, class_="striate")
