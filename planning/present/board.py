"""
A board: sliders on one side, what they lead to on the other.

A workbook is prose and one :func:`board`; which inputs get sliders and which views
are shown is all that differs between workbooks. Move anything and every view is
asked again — one assessment, numbers pushed to charts that are already drawn::

    sliders ─▶ State (assessment, edge, phases) ─▶ views

In a run that becomes a file (papermill) there is nobody to move anything, so the
views are shown alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML, display

from planning.present import html as words
from planning.present.carried import TABS, page_link_html, told_html
from planning.present.order import in_order
from planning.present.sliders import Slider, growth_sliders, sliders_for, users_slider
from planning.present.state import State, start_users
from planning.present.theme import STATIC
from planning.present.views import VIEWS
from planning.questions.library import SHIPPED, Library
from planning.questions.load import load_system


class Board:
    """
    Sliders and views of one system.

    Parameters
    ----------
    system : str
        Name of a shipped system, or path of a file.
    inputs : sequence of str
        Paths whose inputs get sliders, e.g. ``workload``, ``parts.gifts``; ``growth`` asks how
        long instead of how many.
    views : sequence of str
        Names from :data:`VIEWS`, from top to bottom.
    users : float, optional
        Users to start at; the system's target by default. [user]
    phase : str
        Number of the phase to start at, ``0`` for today.
    moved : mapping, optional
        Inputs that were set by hand elsewhere: path to value in base units.
    strange : sequence of str
        Names in the page's address that mean nothing here; they are told.
    tab : str
        View of the live page that shows the same; none if not given.
    pages : str
        Address of the live pages, relative to this page; without one there is no way there.
    choose_system, choose_phase : bool
        Whether the reader may switch.
    library : Library
        What names and prices mean here.
    static : bool
        Whether the notebook runs to become a file, so that nobody will be there to move a slider.

    Raises
    ------
    ValueError
        If a view or a tab is not known, the system cannot be read, or a move is not allowed.
    """

    def __init__(
        self,
        system: str,
        inputs: Sequence[str],
        views: Sequence[str],
        *,
        users: float | None = None,
        phase: str = "0",
        moved: Mapping[str, float] | None = None,
        strange: Sequence[str] = (),
        tab: str = "",
        pages: str = "",
        choose_system: bool = True,
        choose_phase: bool = True,
        library: Library = SHIPPED,
        static: bool = False,
    ) -> None:
        unknown = [name for name in views if name not in VIEWS]
        if unknown:
            raise ValueError(f"no view {unknown[0]!r}; there are {', '.join(VIEWS)}.")
        if tab and tab not in TABS:
            raise ValueError(f"no tab {tab!r} on a live page; there are {', '.join(TABS)}.")
        self._inputs, self._sliders = inputs, list[Slider]()
        self._library, self._static = library, static
        self._strange, self._tab, self._pages = strange, tab, pages
        self.state = self._opened(system, users, phase)
        if moved:
            self.state = self.state.at(self.state.users, moved)
        # A user's own file is not among the shipped names; it can be chosen again by its name.
        self._sources = {self.state.name: system}
        self.views = [VIEWS[name](self.state, static) for name in views]
        self._quiet = False
        if not static:
            self._build(choose_system, choose_phase)

    def _build(self, choose_system: bool, choose_phase: bool) -> None:
        names = sorted({*self._library.names(), self.state.name})
        titles = [(name.replace("_", " ").capitalize(), name) for name in names]
        narrow = {"description_width": "64px"}
        self._system = widgets.Dropdown(
            options=titles, value=self.state.name, description="System", style=narrow
        )
        self._phase = widgets.Dropdown(description="Phase", style=narrow)
        self._side = widgets.VBox([])
        self._trouble = widgets.HTML()
        self._note = widgets.HTML()
        self._way = widgets.HTML()
        reset = widgets.Button(description="Reset to the file")
        wanted = ((self._system, choose_system), (self._phase, choose_phase))
        choices = [box for box, shown in wanted if shown]
        self._controls = widgets.VBox([*choices, self._side, reset])
        self._controls.add_class("plan-side")
        self._fill()
        self._tell()
        self._system.observe(lambda change: self._switch(str(change["new"])), names="value")
        self._phase.observe(lambda _: self._rephase(), names="value")
        reset.on_click(lambda _: self._switch(self.state.name))

    def _fill(self) -> None:
        """Make sliders for the state's system and phase."""
        steps = enumerate(self.state.base.phases, 1)
        self._quiet = True
        self._phase.options = [("today", "0"), *((step.name, str(n)) for n, step in steps)]
        self._phase.value = self.state.phase
        self._quiet = False
        self._users = users_slider(self.state.users, self._moved)
        made = {e.path: e for e in sliders_for(self.state.patched, self._inputs, self._moved)}
        shown, folded = in_order(self.state.patched, list(made))
        # What was set by hand is never out of sight.
        shown = [*shown, *(path for path in folded if path in self.state.moved)]
        folded = [path for path in folded if path not in self.state.moved]
        grows = growth_sliders(self.state.base, self._moved) if "growth" in self._inputs else []
        self._sliders = [*grows, *(made[path] for path in (*shown, *folded))]
        for slider in self._sliders:
            if slider.path in self.state.moved:
                slider.move_to(self.state.moved[slider.path])
        asked = [each.box for each in grows] or [self._users.box]
        boxes = [*asked, *(made[path].box for path in shown)]
        if folded:
            rest = [made[path] for path in folded]
            boxes += _unfolding(f"{len(rest)} more, firm or without effect", rest)
        self._side.children = boxes

    def _opened(self, system: str, users: float | None, phase: str) -> State:
        loaded = load_system(system, self._library)
        return State(
            name=system.rpartition("/")[2].removesuffix(".yaml"),
            source=system,
            base=loaded,
            phase=phase,
            users=start_users(loaded) if users is None else float(users),
            today=dt.date.today(),
        )

    def _switch(self, name: str) -> None:
        """Start over with a system as its file has it."""
        if self._quiet:
            return
        source = self._sources.get(name, name)

        def start_over() -> None:
            self.state = self._opened(source, None, "0")
            self._strange = ()
            self._fill()

        self._follow(start_over)

    def _rephase(self) -> None:
        if self._quiet:
            return

        def go_on() -> None:
            self.state = self.state.at_phase(str(self._phase.value))
            self._fill()

        self._follow(go_on)

    def _moved(self) -> None:
        moved = {path: self.state.moved[path] for path in self._beside()}
        moved |= {slider.path: slider.value for slider in self._sliders if slider.moved}

        def move() -> None:
            self.state = self.state.at(self._users.value, moved)

        self._follow(move)

    def _beside(self) -> list[str]:
        """Return inputs that were set by hand elsewhere and have no slider here."""
        here = {slider.path for slider in self._sliders}
        return [path for path in self.state.moved if path not in here]

    def _tell(self) -> None:
        """Say what is not plain from the sliders, and where the same is live without a kernel."""
        told = told_html(self.state, self._strange, self._beside())
        self._note.value = words.dropped_html(self.state) + told
        if self._tab and self._pages:
            self._way.value = page_link_html(self.state, self._tab, self._pages)

    def _follow(self, change: Callable[[], None]) -> None:
        # An exception in a callback would vanish into a log and leave old numbers standing.
        try:
            change()
            for view in self.views:
                view.update(self.state)
            self._tell()
            self._trouble.value = ""
        except Exception as error:
            self._trouble.value = words.trouble_html(error)

    def _ipython_display_(self) -> None:
        style = page_style()
        if self._static:
            display(HTML(style))
            for view in self.views:
                display(view.shown)
            return
        shown = [self._trouble, self._note, self._way, *(view.shown for view in self.views)]
        main = widgets.VBox(shown)
        main.add_class("plan-main")
        both = widgets.Box([self._controls, main])
        both.add_class("plan-board")
        display(widgets.VBox([widgets.HTML(style), both]))


def page_style() -> str:
    """Return what a board, or the words in its place, look like."""
    return f"<style>{(STATIC / 'board.css').read_text('utf-8')}</style>"


def _unfolding(title: str, sliders: Sequence[Slider]) -> list[Any]:
    """Return a button and what it shows: an ipywidgets accordion cannot be reached by keyboard."""
    inside = widgets.VBox([], layout=widgets.Layout(display="none"))
    button = widgets.ToggleButton(description=f"▸ {title}", layout=widgets.Layout(width="100%"))

    def toggle(change: Mapping[str, Any]) -> None:
        inside.children = [slider.box for slider in sliders]
        inside.layout.display = "" if change["new"] else "none"
        button.description = f"{'▾' if change['new'] else '▸'} {title}"

    button.observe(toggle, names="value")
    return [button, inside]


def board(
    system: str,
    inputs: Sequence[str],
    views: Sequence[str],
    missing: str | None = None,
    library: Library = SHIPPED,
    **options: Any,
) -> Any:
    """
    Return a board, to be the last line of a cell; see :class:`Board`.

    Where the page's address asks for a system that is not here (`missing`), return words that
    say so, and no board: the numbers of another system would be taken for its own.
    """
    if missing is not None:
        return HTML(page_style() + words.missing_html(missing, library.names()))
    return Board(system, inputs, views, library=library, **options)
