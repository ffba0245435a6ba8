"""
Everything a reader sees: charts, widgets, pages and report templates.

Nothing here computes. A chart or a verdict is handed finished numbers and
shows them. Import the rooms directly, so that a page pays only for what it
uses: ``from planning.present.live import LiveChart``.
"""
