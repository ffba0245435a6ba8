"""
Somebody else's service with a quota: a language model, an e-mail provider, a payment service.

It allows so many calls (and tokens) a minute and refuses the rest with status 429. Whoever
calls it holds a thread for the whole answer, and for the back-off of its retries::

    22 calls/min, 4 s each ─▶ [ 500 calls/min · 200k tokens/min ] ─▶ answered, or 429
                                                              └─ wait, try again

Requests reach it only by name: list it in the ``calls`` of a part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Flow
from planning.models.queueing import quotas
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    difference,
    least,
    most,
    product,
    quotient,
    total,
    value_at,
)
from planning.numbers.prices import PricePerRequest, PricePerToken
from planning.numbers.quantities import Amount, Fraction, PositiveSeconds, Seconds, default
from planning.numbers.tariff import bill
from planning.parts.base import Part
from planning.parts.usage import of_month
from planning.workload.crowd import SECOND

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Rate = Annotated[Estimate, Amount("request/s", above=0.0)]
TokenRate = Annotated[Estimate, Amount("token/s", above=0.0)]
Tokens = Annotated[Estimate, Amount("token")]
_ALL = asked(1.0, "fraction", "all of them")
_ONE = asked(1.0, "ratio", "the whole quota")
_REMEDY = "a higher tier, calls by a queue at the pace of the quota, or fewer and shorter calls"
_TOKEN_QUOTAS = ("tokens", "input_quota", "output_quota")
_QUOTAS = ("requests", "concurrent", *_TOKEN_QUOTAS)
_TOKEN_PRICES = ("input_price", "output_price", "cached_price")


class ExternalApi(Part):
    """An API of somebody else's: its quota, its answer time, its price per call and token."""

    order: ClassVar[int] = 58
    by_name: ClassVar[bool] = True
    takes: ClassVar[tuple[str, ...]] = ("request",)
    kind: Literal["external_api"]
    time: PositiveSeconds | None = Field(
        default=None, description="Time until an answer is complete, where a call does not say"
    )
    requests: Rate | None = Field(default=None, description="Calls that the quota allows")
    tokens: TokenRate | None = Field(
        default=None, description="Tokens that the quota allows, questions and answers together"
    )
    input_quota: TokenRate | None = Field(
        default=None, description="Tokens of questions that the quota allows, cached ones left out"
    )
    output_quota: TokenRate | None = Field(
        default=None, description="Tokens of answers that the quota allows"
    )
    concurrent: Annotated[Estimate, Amount("request", above=0.0)] | None = Field(
        default=None, description="Calls that may be under way at the same time"
    )
    window: PositiveSeconds = default(
        "1 min", "quotas are stated per minute", low="1 s", high="1 min",
        description="Time over which the quota is counted: a crowd has that long to fit",
    )  # fmt: skip
    input_tokens: Tokens | None = Field(
        default=None, description="Tokens of a question with its context, where a call does not say"
    )
    output_tokens: Tokens | None = Field(
        default=None, description="Tokens of an answer, where a call does not say"
    )
    cached: Fraction = default(
        "0 %", "no prefix is cached", description="Share of a question's tokens read from a cache"
    )
    retries: Annotated[Estimate, Amount("ratio", whole=True)] = default(
        0, "no retries are stated", description="Further tries of a refused call"
    )
    back_off: Seconds = default(
        "1 s", "a usual first wait; it doubles with each try", low="500 ms", high="2 s",
        description="Wait before the second try; each later one is twice as long",
    )  # fmt: skip
    request_price: PricePerRequest | None = Field(
        default=None, description="Price of a call; not charged by the call if not given"
    )
    input_price: PricePerToken | None = Field(
        default=None, description="Price of a token of a question"
    )
    cached_price: PricePerToken | None = Field(
        default=None, description="Price of one read from a cache; the full price if not given"
    )
    output_price: PricePerToken | None = Field(
        default=None, description="Price of a token of an answer"
    )

    @model_validator(mode="after")
    def _tokens_that_are_counted(self) -> ExternalApi:
        stated = [
            name for name in (*_TOKEN_QUOTAS, *_TOKEN_PRICES) if getattr(self, name) is not None
        ]
        if stated and (self.input_tokens is None or self.output_tokens is None):
            raise ValueError(
                f"`{stated[0]}` needs `input_tokens` and `output_tokens`: how many one call takes "
                "where it does not say so itself."
            )
        if self.cached_price is not None and self.input_price is None:
            raise ValueError("`cached_price` needs `input_price`, for what is not cached.")
        return self

    def without_limit(self, at: Station) -> tuple[str, str] | None:
        """Return calls, where no quota is stated, or no time for which a caller waits for them."""
        if any((flow.visit.time or self.time or flow.visit.cpu) is None for flow in at.flows()):
            return "the calls that wait for it", "time"
        if at.arriving and all(getattr(self, name) is None for name in _QUOTAS):
            return "calls", "requests"
        return super().without_limit(at)

    def times(self, at: Station) -> None:
        """
        Count calls and tokens against the quota, say how long a call takes, and charge for it.

        Takes requests that name it. Limits calls, tokens and calls at once: past them they are
        refused, tried again after a back-off, and fail in the end. What is refused is not charged.
        Random bursts within a window below the quota are not modelled. Source: Little's law, and
        :mod:`planning.models.queueing.quotas`.
        """
        if not at.flows():
            return
        loads = self._loads(at)
        for what, load, limit in loads:
            at.limit(what, load, limit, PastLimit.REJECT, _REMEDY, needed=load)
        used = {what: quotient(f"{what} used", "ratio", wanted=a, quota=b) for what, a, b in loads}
        demand = most("fullest quota", "ratio", used)
        refused = derive(
            "tries that are refused", "fraction", quotas.refused_share, demand=demand,
            retries=self.retries,
        )  # fmt: skip
        waiting = derive(
            "back-off of a call", "s", quotas.back_off_time, refused=refused,
            retries=self.retries, first_wait=self.back_off,
        )  # fmt: skip
        fits = quotient("calls that fit", "ratio", quota=_ONE, fullest=demand)
        answered = least("share answered", "fraction", all=_ALL, fit=fits)
        failed = difference("share that fails in the end", "fraction", all=_ALL, answered=answered)
        for flow in at.flows():
            # Fewer callers at once wait no less: the back-off belongs to the answer itself.
            time = total(f"{flow.cause} answer", "s", {"answer": self._time(at, flow),
                                                       "back-off": waiting})  # fmt: skip
            at.answer(flow, Answer(time, time, failed=failed))
        self._retried(at, refused, failed, waiting)
        if at.crowd is None:
            self._bills(at, answered)

    def _loads(self, at: Station) -> list[tuple[str, Node, Node]]:
        """Return what is used of each quota that is stated: name, load, limit."""
        found: list[tuple[str, Node, Node]] = []
        pace = {id(flow): self._pace(at, flow) for flow in at.flows()}
        if self.requests is not None:
            calls = {flow.words: pace[id(flow)] for flow in at.flows()}
            found.append(("calls", total("calls", "request/s", calls), self.requests))
        for what, quota, parts in (
            ("tokens", self.tokens, ("input", "output")),
            ("input tokens", self.input_quota, ("fresh",)),
            ("output tokens", self.output_quota, ("output",)),
        ):
            if quota is not None:
                causes = {
                    flow.words: product(
                        f"{flow.cause} {what}", "token/s",
                        **{flow.words: pace[id(flow)], "tokens of each": self._of(flow, *parts)},
                    )
                    for flow in at.flows()
                }  # fmt: skip
                found.append((what, total(what, "token/s", causes), quota))
        if self.concurrent is not None:
            found.append(("calls at once", self._at_once(at), self.concurrent))
        return found

    def _pace(self, at: Station, flow: Flow) -> Node:
        """Return the calls a second that the quota sees: a crowd counts over its window."""
        if at.instant(flow) is None:
            return flow.rate
        share = quotient("a second of the window", "ratio", second=SECOND, window=self.window)
        return product(
            f"{flow.words} over the window", "request/s",
            **{flow.words: flow.rate, "a second of the window": share},
        )  # fmt: skip

    def _at_once(self, at: Station) -> Node:
        causes: dict[str, Node] = {}
        for flow in at.flows():
            causes[flow.words] = product(
                f"{flow.cause} calls under way", "request",
                **{flow.words: flow.rate, "time of each": self._time(at, flow)},
            )  # fmt: skip
            if (come := at.instant(flow)) is not None:
                causes[flow.words] = come
        return total("calls under way", "request", causes)

    def _time(self, at: Station, flow: Flow) -> Node:
        """Return how long an answer takes once the call is let in: what the call says, or this."""
        return flow.visit.time or self.time or at.answer_to(flow).idle

    def _of(self, flow: Flow, *parts: str) -> Node:
        """Return the tokens that one call counts: of the question, the uncached of it, the answer.

        Called only where a quota or price is stated, and then both fields are.
        """
        question = flow.visit.input_tokens or self.input_tokens
        answer = flow.visit.output_tokens or self.output_tokens
        assert question is not None  # validated, as the next
        assert answer is not None
        fresh = difference("share not cached", "fraction", all=_ALL, cached=self.cached)
        known: dict[str, Node] = {
            "input": question,
            "output": answer,
            "fresh": product("fresh tokens", "token", question=question, not_cached=fresh),
            "cached": product("cached tokens", "token", question=question, cached=self.cached),
        }
        if len(parts) == 1:
            return known[parts[0]]
        return total("tokens of a call", "token", {"question": question, "answer": answer})

    def _retried(self, at: Station, refused: Node, failed: Node, waiting: Node) -> None:
        """Show what retries add."""
        calls = at.rate("calls", "request")
        tries = derive(
            "tries of a call", "ratio", quotas.tries_per_call, refused=refused,
            retries=self.retries,
        )  # fmt: skip
        tried = product("tries with retries", "request/s", calls=calls, tries=tries)
        lost = product("calls that fail in the end", "request/s", calls=calls, share=failed)
        at.tell(tried, lost)
        if any(flow.at_once is not None for flow in at.flows()):
            at.numbers["tries"] = tried
            at.numbers["back-off"] = waiting

    def _bills(self, at: Station, answered: Node) -> None:
        """Charge the month's answered calls and their tokens."""
        calls = product(
            "calls answered", "request/s", calls=at.rate("calls", "request"), share=answered
        )
        if self.request_price is not None:
            month = of_month(at, "calls per month", "request", calls)
            charged = bill("price of the calls", "USD/month", month, self.request_price)
            at.monthly[f"{at.name} calls"] = charged
        split = self.cached_price is not None
        for what, part, price in (
            ("questions", "fresh" if split else "input", self.input_price),
            ("cached questions", "cached", self.cached_price),
            ("answers", "output", self.output_price),
        ):
            if price is None:
                continue
            wanted = total(
                f"tokens of {what}", "token/s",
                {
                    flow.words: product(
                        f"{flow.cause} tokens of {what}", "token/s",
                        **{flow.words: flow.rate, "tokens of each": self._of(flow, part)},
                    )
                    for flow in at.flows()
                },
            )  # fmt: skip
            sent = product(f"answered {what}", "token/s", wanted=wanted, share=answered)
            month = of_month(at, f"tokens of {what} per month", "token", sent)
            at.monthly[f"{at.name} {what}"] = bill(f"price of {what}", "USD/month", month, price)

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find retries without a wait, cached tokens at the full price, no price or half of one."""
        if value_at(self.retries) > 0 and value_at(self.back_off) == 0:
            yield Finding(
                name, Severity.HIGH,
                "a refused call is tried again at once, in the same window, and refused again",
                "wait before a retry, twice as long each time, with a random part",
            )  # fmt: skip
        if value_at(self.cached) > 0 and self.input_price is not None and self.cached_price is None:
            yield Finding(
                name, Severity.LOW,
                "a share of the questions is cached, but charged at the full price",
                "say `cached_price`",
            )  # fmt: skip
        prices = ("request_price", *_TOKEN_PRICES)
        if self.plan is None and all(getattr(self, price) is None for price in prices):
            yield Finding(
                name, Severity.MEDIUM,
                "its calls have no price: the monthly cost is at least what it says",
                "say `request_price` or the prices of tokens, name a `plan`, or say $0/request",
            )  # fmt: skip
        stated = [price for price in _TOKEN_PRICES[:2] if getattr(self, price) is not None]
        if len(stated) == 1:
            free = {"input_price": "answers", "output_price": "questions"}[stated[0]]
            yield Finding(
                name, Severity.MEDIUM,
                f"`{stated[0]}` is stated and {free} cost nothing: the monthly cost is too low",
                "say both prices, or $0/token where one is free",
            )  # fmt: skip
