"""
The live page of a system in a notebook, in JupyterLab and in Voila alike.

The kernel builds the system and sends its page once; moves are computed by the page. What both
know is where the sliders are: five traits, kept alike on both sides::

    kernel ──document, once──> page in a frame
    users, phase, moved, tab, crowd  <──both ways──>  sliders, tabs

Verdict and capacity are computed by the kernel from the same traits, so they are there without
a page as well, and a test holds the two to each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import anywidget
import traitlets

from planning.numbers.nodes import value_at
from planning.numbers.units import show
from planning.page.document import STATIC, page_html
from planning.page.formulas import CannotCompile
from planning.present.carried import TABS, moves_of
from planning.present.html import verdict_html
from planning.present.state import State, start_users
from planning.present.theme import STATIC as SHARED
from planning.questions.assess import MOST_USERS
from planning.system.patches import phase_number
from planning.system.system import System

_MOST_AT_ONCE = 1_000_000_000


class LivePage(anywidget.AnyWidget):
    """
    A live page as a widget; made by :func:`live`.

    Attributes
    ----------
    users : float
        Users asked about. [user]
    phase : int
        Number of the phase, 0 for today.
    moved : dict of str to float
        Inputs set by hand: path to value in base units; text with a unit is read. What the file
        says is no move. An input that another phase has otherwise is dropped with that phase.
    tab : str
        The view that is shown: one of :data:`~planning.present.carried.TABS`.
    crowd : int
        How many come at once, in the view of surges. [user]
    capacity : float
        Users that the phase holds with what was moved. Computed; cannot be set. [user]
    verdict : str
        Whether it holds `users`. Computed; cannot be set.

    Raises
    ------
    TraitError
        If a trait is set to what the system has not or its field does not allow; the message says
        value and rule, and nothing changes.
    """

    _esm = (STATIC / "controls/notebook.js").read_text("utf-8")

    document = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(720).tag(sync=True)

    users = traitlets.Float().tag(sync=True)
    phase = traitlets.Int().tag(sync=True)
    moved = traitlets.Dict().tag(sync=True)
    tab = traitlets.Enum(tuple(TABS)).tag(sync=True)
    crowd = traitlets.Int().tag(sync=True)

    capacity = traitlets.Float(read_only=True)
    verdict = traitlets.Unicode(read_only=True)

    def __init__(
        self, state: State, document: str, *, tab: str, height: int, trouble: str = ""
    ) -> None:
        self._trouble = trouble
        self.state = state
        super().__init__(
            document=document,
            title=f"Live page: {state.base.title}",
            height=height,
            users=state.users,
            phase=int(state.phase),
            moved=dict(state.moved),
            tab=tab,
            crowd=max(1, round(min(value_at(state.base.workload.target), _MOST_AT_ONCE))),
        )
        self._say()
        self.observe(lambda _: self._follow(), names=["users", "phase", "moved"])

    def __repr__(self) -> str:
        """Title and verdict; the document would be hundreds of lines."""
        holds = show(self.capacity, "user")
        return f"<live page of {self.state.base.title!r}: {self.verdict}; capacity {holds}>"

    @traitlets.validate("users")
    def _known_users(self, proposal: Mapping[str, Any]) -> float:
        users = float(proposal["value"])
        if not 0 <= users <= MOST_USERS:
            raise traitlets.TraitError(f"users(={users:g}) must be 0 to {MOST_USERS:g}.")
        return users

    @traitlets.validate("crowd")
    def _known_crowd(self, proposal: Mapping[str, Any]) -> int:
        crowd = int(proposal["value"])
        if not 0 <= crowd <= _MOST_AT_ONCE:
            raise traitlets.TraitError(f"crowd(={crowd}) must be 0 to {_MOST_AT_ONCE}.")
        return crowd

    @traitlets.validate("phase")
    def _known_phase(self, proposal: Mapping[str, Any]) -> int:
        try:
            return phase_number(self.state.base, proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error

    @traitlets.validate("moved")
    def _known_moves(self, proposal: Mapping[str, Any]) -> dict[str, float]:
        try:
            return moves_of(self._at_phase().patched, proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error

    def _at_phase(self) -> State:
        """Return the state at the phase that is set, which may be another one than it has."""
        phase = str(self.phase)
        return self.state if phase == self.state.phase else self.state.at_phase(phase)

    def _follow(self) -> None:
        """Bring verdict and capacity up to date; several traits set at once are one change."""
        old, new = self.state, self._at_phase()
        kept = {
            path: value
            for path, value in self.moved.items()
            # Moved anew in the new phase, it is no move of the old one.
            if new is old or path not in new.dropped or value != old.moved[path]
        }
        if new is old and self.users == old.users and kept == dict(old.moved):
            return
        self.state = new.at(self.users, kept)
        self.moved = kept
        self._say()

    def _say(self) -> None:
        try:
            verdict, capacity = str(self.state.result.verdict), self.state.edge.users
            words = verdict_html(self.state)
        except ValueError as error:
            # Never an old number beside new inputs.
            verdict, capacity = f"cannot be computed: {error}", math.nan
            words = f"<p>{escape(verdict)}</p>"
        self.set_trait("verdict", verdict)
        self.set_trait("capacity", capacity)
        if self._trouble:
            style = (SHARED / "board.css").read_text("utf-8")
            self.words = f"<style>{style}</style>{self._trouble}{words}"


def live(
    system: System,
    users: float | None = None,
    phase: str | int = 0,
    moved: Mapping[str, Any] | None = None,
    *,
    tab: str = "verdict",
    height: int = 720,
) -> LivePage:
    """
    Return the live page of a system, to be the last line of a cell.

    Parameters
    ----------
    system : System
        As it is today, with its phases.
    users : float, optional
        Users to start at; the system's target if not given. [user]
    phase : str or int
        Name or number of the phase to start at, 0 for today.
    moved : mapping, optional
        Inputs to start with: path to a number in base units, or to text with a unit.
    tab : str
        The view to start with: one of :data:`~planning.present.carried.TABS`.
    height : int
        Of the page on the screen; it scrolls inside, and its lower edge can be pulled. [px]

    Returns
    -------
    LivePage
        Sliders set its traits ``users``, ``phase``, ``moved``, ``tab`` and ``crowd``, and traits
        that are set move its sliders. Where a page cannot compute the system, it says why and
        shows the verdict that the kernel computes.

    Raises
    ------
    ValueError
        If there is no such phase or input, or a value is not allowed.

    Examples
    --------
    >>> import planning
    >>> page = live(planning.load_system("ten_thousand_users"), users=25)
    >>> page.verdict, page.capacity
    ('warning', 28.0)
    >>> page.moved = {"workload.activities.page.query_time": "50 ms"}
    >>> page.verdict, page.capacity
    ('holds', 149.0)
    """
    if tab not in TABS:
        raise ValueError(f"tab(={tab!r}) must be one of {', '.join(TABS)}.")
    if height < 1:
        raise ValueError(f"height(={height}) must be at least 1.")
    asked = start_users(system) if users is None else float(users)
    opened = State("", "", system, str(phase_number(system, phase)), asked)
    state = opened.at(asked, moves_of(opened.patched, moved or {}))
    try:
        return LivePage(state, page_html(system, framed=True), tab=tab, height=height)
    except CannotCompile as error:
        trouble = (
            '<p class="plan-legend" role="note">No live page: '
            f"{escape(str(error))} What follows is computed by the kernel, for the traits "
            "<code>users</code>, <code>phase</code> and <code>moved</code>.</p>"
        )
        return LivePage(state, "", tab=tab, height=height, trouble=trouble)
