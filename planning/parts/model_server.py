"""
A language model on GPUs of one's own (vLLM, TGI, Triton): batches, KV-cache, first token.

Every copy of the model serves many requests in one batch. A question is read first (prefill),
then one token after the other is written (decode), and each token of either keeps a place in
the KV-cache until the answer is complete::

    12 requests/s ─▶ [ 2 copies · 64 places each · 200k tokens of cache each ] ─▶ 8 s each
                     1,000 tokens read once · 300 written, one step each

Requests reach it only by name: list it in the ``calls`` of a part.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from planning.flow.constraint import PastLimit
from planning.flow.finding import Finding, Severity
from planning.flow.flows import Answer, Batch, Flow, Resource
from planning.models.servers import batching, connections
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import (
    Node,
    asked,
    derive,
    least,
    most,
    product,
    quotient,
    rounded_up,
    total,
    value_at,
)
from planning.numbers.quantities import Amount, PositiveSeconds, Seconds, default
from planning.numbers.units import HOUR, MONTH
from planning.parts.base import Part
from planning.parts.usage import of_month

if TYPE_CHECKING:
    from planning.parts.station import Station
    from planning.workload.workload import Workload

Tokens = Annotated[Estimate, Amount("token", above=0.0)]
_MONTH = asked(MONTH / HOUR, "h", "a month")
_ONE = asked(1.0, "request", "there is room for one, or it could not run at all")
_REMEDY = "more copies of the model, shorter questions and answers, or a smaller model"


class ModelServer(Part):
    """Copies of a language model, each with a GPU or several."""

    order: ClassVar[int] = 58
    by_name: ClassVar[bool] = True
    takes: ClassVar[tuple[str, ...]] = ("request",)
    kind: Literal["model_server"]
    copies: Annotated[Estimate, Amount("replica", at_least=1.0, whole=True)] = default(
        1, "one copy of the model", description="Copies of the model"
    )
    input_tokens: Tokens = Field(
        description="Tokens of a question with its context, where a call does not say"
    )
    output_tokens: Tokens = Field(description="Tokens of an answer, where a call does not say")
    prefill: Annotated[Estimate, Amount("token/s", above=0.0)] = Field(
        description="Tokens of questions that one copy reads per second"
    )
    token_time: PositiveSeconds = Field(
        description="Time of a step of one answer alone: between two of its tokens"
    )
    shared_token_time: Seconds = Field(
        description="What each further answer in the batch adds to that step"
    )
    places: Annotated[Estimate, Amount("request", at_least=1.0, whole=True)] = default(
        256, "vLLM documentation, max_num_seqs of the first versions; newer ones take more",
        low=64, high=1024, description="Requests in the batch of one copy at most",
    )  # fmt: skip
    cache_tokens: Tokens | None = Field(
        default=None, description="Tokens for which the KV-cache of one copy has room"
    )
    wait_limit: PositiveSeconds = default(
        "60 s", "a usual time-out of a client", low="10 s", high="10 min",
        description="Longest wait for a place in the batch",
    )  # fmt: skip
    first_token: PositiveSeconds | None = Field(
        default=None, description="Time to the first token that must not be exceeded"
    )
    hourly: Annotated[Estimate, Amount("USD/h")] | None = Field(
        default=None, description="Price of an hour of the GPUs of one copy"
    )

    def times(self, at: Station) -> None:
        """
        Let requests share batches: how many are there, how long each takes, what a token costs.

        Takes requests that name it. Limits places in the batches: past them requests queue, and
        fail after the wait limit; tokens in the KV-cache: past them the last are put back and begin
        anew; and the time to the first token where a limit is stated. Source:
        :mod:`planning.models.servers.batching`.
        """
        if not at.flows():
            return
        places = self._places(at)
        rates: dict[str, Node] = {flow.words: self._per_copy(flow) for flow in at.flows()}
        share = total(
            "share of a copy that is taken", "ratio",
            {
                flow.words: product(
                    f"taken by {flow.cause}", "ratio",
                    **{flow.words: rates[flow.words], "demand of each": self._demand(flow)},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        held: dict[str, Node] = {
            flow.words: derive(
                f"{flow.cause} time in the batch", "s", batching.batch_time,
                alone=self._alone(flow), demand=self._demand(flow), share_taken=share,
                places=places,
            )
            for flow in at.flows()
        }  # fmt: skip
        there = total(
            "requests in a batch", "request",
            {
                flow.words: product(
                    f"{flow.cause} in a batch", "request",
                    **{flow.words: rates[flow.words], "time in the batch": held[flow.words]},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        wait = derive(
            "wait for a place", "s", connections.pool_wait, busy=there,
            arrival_rate=total("requests of a copy", "request/s", rates), servers=places,
            wait_limit=self.wait_limit,
        )  # fmt: skip
        used = self._used(at, places, rates)
        self._limits(at, there, places, held, rates, used)
        name = f"batch of {at.name}"
        for flow in at.flows():
            batch = Batch(self._alone(flow), self._demand(flow), self.copies)
            resources = {name: Resource(used, places, frozenset([name]), batch)}
            time = total(f"{flow.cause} answer", "s",
                         {"wait for a place": wait, "in the batch": held[flow.words]})  # fmt: skip
            at.answer(flow, Answer(time, self._alone(flow), resources))
            self._first(at, flow, wait, held[flow.words])
        self._cost(at)

    def _places(self, at: Station) -> Node:
        """Return the requests that one batch has room for: places, or the KV-cache. [request]"""
        if self.cache_tokens is None:
            return self.places
        each = total("tokens of a request", "token/request",
                     {"question": self.input_tokens, "answer": self.output_tokens})  # fmt: skip
        fits = quotient("requests that the KV-cache holds", "request", cache=self.cache_tokens,
                        each=each)  # fmt: skip
        room = least("room in a batch", "request", places=self.places, cache=fits)
        return most("room in a batch", "request", {"room": room, "at least": _ONE})

    def _per_copy(self, flow: Flow) -> Node:
        return quotient(f"{flow.words} of a copy", "request/s",
                        **{flow.words: flow.rate, "copies": self.copies})  # fmt: skip

    def _question(self, flow: Flow) -> Node:
        return flow.visit.input_tokens or self.input_tokens

    def _answer(self, flow: Flow) -> Node:
        return flow.visit.output_tokens or self.output_tokens

    def _reading(self, flow: Flow) -> Node:
        """Return how long it takes to read a question with nobody else there. [s]"""
        return quotient("time to read the question", "s", tokens=self._question(flow),
                        rate=self.prefill)  # fmt: skip

    def _alone(self, flow: Flow) -> Node:
        """Return how long a request takes that has a copy for itself. [s]"""
        writing = product("time to write the answer", "s", tokens=self._answer(flow),
                          step=self.token_time)  # fmt: skip
        return total(f"{flow.cause} time alone", "s",
                     {"reading": self._reading(flow), "writing": writing})  # fmt: skip

    def _demand(self, flow: Flow) -> Node:
        """Return how much one request lengthens all others in its batch. [s]"""
        writing = product("longer steps", "s", tokens=self._answer(flow),
                          longer=self.shared_token_time)  # fmt: skip
        return total(f"{flow.cause} demand on the others", "s",
                     {"reading": self._reading(flow), "longer steps": writing})  # fmt: skip

    def _used(self, at: Station, places: Node, rates: dict[str, Node]) -> Node:
        """Return what is asked of a copy over what a full batch serves; grows with it. [ratio]"""
        return total(
            "use of a full batch", "ratio",
            {
                flow.words: quotient(
                    f"{flow.cause} of a full batch", "ratio", asked=rates[flow.words],
                    served=derive(
                        f"{flow.cause} served by a full batch", "request/s",
                        batching.batch_throughput, requests=places, alone=self._alone(flow),
                        demand=self._demand(flow),
                    ),
                )
                for flow in at.flows()
            },
        )  # fmt: skip

    def _limits(
        self, at: Station, there: Node, places: Node, held: dict[str, Node],
        rates: dict[str, Node], used: Node,
    ) -> None:  # fmt: skip
        there_all = product("requests in all batches", "request", each=there, copies=self.copies)
        room = product("places of all copies", "request", each=places, copies=self.copies)
        needed = rounded_up("copies needed", "replica", wanted=quotient(
            "copies wanted", "replica", requests=there_all, each=places
        ))  # fmt: skip
        at.limit(
            "places", there_all, room, PastLimit.QUEUE, _REMEDY, patience=self.wait_limit,
            places=room, needed=needed, busy=used,
        )  # fmt: skip
        usual = Flow("request", "usual", there)
        at.tell(derive(
            "requests that a full copy serves", "request/s", batching.batch_throughput,
            requests=places, alone=self._alone(usual), demand=self._demand(usual),
        ))  # fmt: skip
        if self.cache_tokens is None:
            return
        cached = total(
            "tokens in the KV-cache", "token",
            {
                flow.words: product(
                    f"{flow.cause} tokens in the cache", "token",
                    **{flow.words: rates[flow.words], "time in the batch": held[flow.words],
                       "tokens of each": total("tokens of a request", "token", {
                           "question": self._question(flow), "answer": self._answer(flow)})},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        remedy = "a smaller KV type, shorter contexts, more memory, or more copies"
        at.limit("KV-cache", cached, self.cache_tokens, PastLimit.SLOW, remedy)

    def _first(self, at: Station, flow: Flow, wait: Node, held: Node) -> None:
        """Limit the time to the first token: the wait, and reading among all that are there."""
        slower = quotient("slower by", "ratio", in_batch=held, alone=self._alone(flow))
        reading = product("reading, among others", "s", alone=self._reading(flow), slower=slower)
        first = total(f"{flow.cause} time to the first token", "s",
                      {"wait": wait, "reading": reading})  # fmt: skip
        if self.first_token is None:
            at.tell(first)
            return
        at.limit(f"{flow.cause} first token", first, self.first_token, PastLimit.SLOW, _REMEDY)

    def _cost(self, at: Station) -> None:
        if self.hourly is None or at.crowd is not None:
            return
        paid = product("price of the GPUs", "USD/month", copies=self.copies, month=_MONTH,
                       hourly=self.hourly)  # fmt: skip
        at.monthly[f"{at.name} GPUs"] = paid
        written = total(
            "tokens written", "token/s",
            {
                flow.words: product(
                    f"{flow.cause} tokens written", "token/s",
                    **{flow.words: flow.rate, "tokens of each": self._answer(flow)},
                )
                for flow in at.flows()
            },
        )  # fmt: skip
        month = of_month(at, "tokens written per month", "token", written)
        at.tell(quotient("price of a token written", "USD/token", month=paid, tokens=month))

    def findings(self, name: str, workload: Workload) -> Iterable[Finding]:
        """Find GPUs at no price, a cache for no single request, one that leaves places unused."""
        if self.hourly is None:
            yield Finding(
                name, Severity.MEDIUM,
                "its GPUs have no price: the monthly cost is at least what it says",
                "say `hourly`, name a `plan`, or say $0/h if they are paid elsewhere",
            )  # fmt: skip
        if self.cache_tokens is None:
            yield Finding(
                name, Severity.LOW,
                "how many tokens its KV-cache holds is not stated: only its places limit a batch",
                "say `cache_tokens`: an engine prints it when it starts",
            )  # fmt: skip
            return
        each = value_at(self.input_tokens) + value_at(self.output_tokens)
        room = value_at(self.cache_tokens)
        if each > room:
            yield Finding(
                name, Severity.HIGH,
                "one question with its answer has no room in the KV-cache: it cannot be served",
                "a shorter context, a smaller KV type, or more memory",
            )  # fmt: skip
        elif each * value_at(self.places) > room * 1.5:
            yield Finding(
                name, Severity.LOW,
                f"the KV-cache holds {room / each:,.0f} requests, there are places for "
                f"{value_at(self.places):,.0f}: some are put back and begin anew",
                "fewer places, or a larger cache",
            )  # fmt: skip
