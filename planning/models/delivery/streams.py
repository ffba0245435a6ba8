"""
Streams: pages that stay connected (server-sent events), and the rest who poll.

A stream is a request that is not answered until the viewer leaves. It occupies a place
among the requests in flight, a socket and its memory, and one of the few connections that
a browser opens to a domain, all the while nothing is sent. So streams are capped per
room, and viewers beyond the cap ask again by a clock::

    room of 150, cap 100:   100 streams   told when something happens
                             50 pollers   find out at their next poll

A poll costs `request_rate` only, but its answer is as old as the poller's clock and the cache
in front of the data together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative, positive
from planning.models.formula import formula

_LITTLE = (
    "Little, J. D. C. (1961), A Proof for the Queuing Formula L = λW, Oper. Res. 9(3), 383–387"
)
_SSE = "HTML Living Standard, 9.2 Server-sent events, https://html.spec.whatwg.org/"
_HTTP = "RFC 9111, HTTP Caching (2022), section 4.2, https://www.rfc-editor.org/rfc/rfc9111"


@formula("streams + request_rate * response_time", source=_LITTLE + "; a stream is a request")
def concurrent_requests(
    streams: ArrayLike, request_rate: ArrayLike, response_time: ArrayLike
) -> Array:
    """
    Requests in flight: open streams and, by Little's law, the short ones.

    Without streams it is Little's law; without other requests every stream is still one. A limit
    on concurrent requests is therefore a limit on viewers.

    Parameters
    ----------
    streams : array_like
        Streams open, non-negative. [count]
    request_rate : array_like
        Other requests per second, non-negative. [1/s]
    response_time : array_like
        Mean time one of those takes, waits included, non-negative. [s]

    Returns
    -------
    ndarray
        Mean number in flight. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Little, J. D. C. (1961), Oper. Res. 9(3), 383–387.

    Examples
    --------
    A limit of 100 was meant for requests of 50 ms; 20,000 viewers keep a stream each.

    >>> concurrent_requests([0, 20_000], request_rate=2000, response_time=0.05).tolist()
    [100.0, 20100.0]
    """
    streams, request_rate, response_time = non_negative(
        streams=streams, request_rate=request_rate, response_time=response_time
    )
    return streams + request_rate * response_time


@formula("rooms * min(room_size, cap)", source="definition of a cap per room")
def streamed_viewers(rooms: ArrayLike, room_size: ArrayLike, cap: ArrayLike) -> Array:
    """
    Viewers who get a stream, in rooms alike that each allow `cap` of them.

    Parameters
    ----------
    rooms : array_like
        Rooms, finite and non-negative. [count]
    room_size : array_like
        Viewers in each, finite and non-negative. Rooms that differ are counted one by one: a
        mean size below the cap hides those above it. [user]
    cap : array_like
        Streams that a room allows, non-negative; infinite where there is no cap, 0 where all
        poll. [user]

    Returns
    -------
    ndarray
        Viewers with a stream. [user]

    Raises
    ------
    ValueError
        If an argument is negative, or `rooms` or `room_size` is infinite.

    Examples
    --------
    >>> streamed_viewers(rooms=20, room_size=[80, 150], cap=100).tolist()
    [1600.0, 2000.0]
    """
    rooms, room_size = finite(rooms=rooms, room_size=room_size)
    (cap,) = non_negative(cap=cap)
    return rooms * np.minimum(room_size, cap)


@formula("rooms * max(room_size - cap, 0)", source="definition of a cap per room")
def overflow_viewers(rooms: ArrayLike, room_size: ArrayLike, cap: ArrayLike) -> Array:
    """
    Viewers beyond the cap of their room, who poll or are refused.

    Together with `streamed_viewers` they are all viewers. Their requests per second are
    :func:`planning.models.data.caching.refresh_rate` of them and the poll interval.

    Parameters
    ----------
    rooms : array_like
        Rooms, finite and non-negative. [count]
    room_size : array_like
        Viewers in each, finite and non-negative. [user]
    cap : array_like
        Streams that a room allows, non-negative; infinite where there is no cap. [user]

    Returns
    -------
    ndarray
        Viewers without a stream; 0 up to the cap. [user]

    Raises
    ------
    ValueError
        If an argument is negative, or `rooms` or `room_size` is infinite.

    Examples
    --------
    >>> overflow_viewers(rooms=20, room_size=[80, 150], cap=100).tolist()
    [0.0, 1000.0]
    """
    rooms, room_size = finite(rooms=rooms, room_size=room_size)
    (cap,) = non_negative(cap=cap)
    return rooms * np.maximum(room_size - cap, 0.0)


@formula("poll_interval + cache_age", source=_HTTP)
def poll_staleness_worst(poll_interval: ArrayLike, cache_age: ArrayLike) -> Array:
    """
    Age of the oldest thing a poller sees, just before its next poll.

    Parameters
    ----------
    poll_interval : array_like
        Time between two polls of one viewer, non-negative. [s]
    cache_age : array_like
        Time for which the server answers from a cache, non-negative; 0 where every poll reads
        the data, or every write clears the cache. [s]

    Returns
    -------
    ndarray
        Age. More layers in a row are :func:`planning.models.data.caching.staleness_worst`. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] RFC 9111, HTTP Caching (2022), section 4.2.3: the ``Age`` header exists so that
       lifetimes do not add up; application caches lack it.
       https://www.rfc-editor.org/rfc/rfc9111

    Examples
    --------
    "Ten-second updates" behind a cache of 30 s.

    >>> float(poll_staleness_worst(poll_interval=10, cache_age=30))
    40.0
    """
    poll_interval, cache_age = non_negative(poll_interval=poll_interval, cache_age=cache_age)
    return poll_interval + cache_age


@formula("(poll_interval + cache_age) / 2", source=_HTTP + "; uniform ages")
def poll_staleness_mean(poll_interval: ArrayLike, cache_age: ArrayLike) -> Array:
    """
    Mean age of what a poller sees, over time.

    At a random moment the last poll is on average half an interval ago, and what it was
    answered from a cache was half a cache age old: clocks that know nothing of each other.

    Parameters
    ----------
    poll_interval : array_like
        Time between two polls of one viewer, non-negative. [s]
    cache_age : array_like
        Time for which the server answers from a cache that many ask, non-negative. Asked by few,
        the cache is fetched late and answers are fresher. [s]

    Returns
    -------
    ndarray
        Mean age: half the worst. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Ross, S. M. Introduction to Probability Models, 11th ed. (2014), section 7.4: the
       mean age of a renewal process of constant period T is T/2.

    Examples
    --------
    >>> float(poll_staleness_mean(poll_interval=10, cache_age=30))
    20.0
    """
    return poll_staleness_worst(poll_interval, cache_age) / 2.0


@formula("cache_age + delivery_time", source=_SSE + "; " + _HTTP)
def push_staleness(cache_age: ArrayLike, delivery_time: ArrayLike) -> Array:
    """
    Age of an update when it reaches the last viewer of a stream.

    A push that reads what it sends from a cache is as old as that cache can be: streams are not
    fresh by themselves.

    Parameters
    ----------
    cache_age : array_like
        Age of the data that is sent, non-negative; 0 where the event carries it. [s]
    delivery_time : array_like
        Time from the event to the last viewer: its queueing, its writes
        (:func:`planning.models.delivery.fanout.fan_out_time`) and the network, non-negative. [s]

    Returns
    -------
    ndarray
        Age on arrival. [s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] WHATWG. HTML Living Standard, 9.2 Server-sent events: a message is dispatched as it
       arrives. https://html.spec.whatwg.org/multipage/server-sent-events.html

    Examples
    --------
    >>> push_staleness(cache_age=[0, 30], delivery_time=0.1).tolist()
    [0.1, 30.1]
    """
    cache_age, delivery_time = non_negative(cache_age=cache_age, delivery_time=delivery_time)
    return cache_age + delivery_time


@formula(
    "min(tabs, per_domain_limit)",
    source="MDN, EventSource: a low limit of open connections per browser and domain, "
    "https://developer.mozilla.org/en-US/docs/Web/API/EventSource",
)
def streams_per_browser(tabs: ArrayLike, per_domain_limit: ArrayLike) -> Array:
    """
    Streams that one browser holds open to one domain.

    Over HTTP/1.1 browsers open 6 connections per domain, for all tabs together; HTTP/2 allows
    about 100 streams on one. At the limit further tabs hang without an error, and so do ordinary
    requests, the polls of a fallback among them.

    Parameters
    ----------
    tabs : array_like
        Tabs of one browser that want a stream, non-negative. [count]
    per_domain_limit : array_like
        Connections, or HTTP/2 streams, that the browser opens to a domain, non-negative. [count]

    Returns
    -------
    ndarray
        Streams open. [count]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] MDN. EventSource: 6 per browser and domain unless used over HTTP/2.
       https://developer.mozilla.org/en-US/docs/Web/API/EventSource
    .. [2] RFC 9113, HTTP/2 (2022), section 6.5.2: a limit below 100 is not recommended.
       https://www.rfc-editor.org/rfc/rfc9113

    Examples
    --------
    >>> streams_per_browser(tabs=[1, 6, 10], per_domain_limit=6).tolist()
    [1.0, 6.0, 6.0]
    """
    tabs, per_domain_limit = non_negative(tabs=tabs, per_domain_limit=per_domain_limit)
    return np.minimum(tabs, per_domain_limit)


@formula("max(rooms, 1)", source="a cache that is asked is asked for something")
def objects_followed(rooms: ArrayLike) -> Array:
    """
    Objects that the pages of some rooms ask for: one per room, and at least one.

    Parameters
    ----------
    rooms : array_like
        Rooms that are followed, non-negative. [rooms]

    Returns
    -------
    ndarray
        Objects. [objects]

    Raises
    ------
    ValueError
        If `rooms` is negative.

    References
    ----------
    .. [1] Breslau, L. et al. (1999). Web Caching and Zipf-like Distributions: Evidence and
       Implications. IEEE INFOCOM, 126-134. https://doi.org/10.1109/INFCOM.1999.749260

    Examples
    --------
    >>> objects_followed(rooms=[0, 100]).tolist()
    [1.0, 100.0]
    """
    (rooms,) = non_negative(rooms=rooms)
    objects: Array = np.maximum(rooms, 1.0)
    return objects


@formula("users / room_size", source="definition of a mean")
def full_rooms(users: ArrayLike, room_size: ArrayLike) -> Array:
    """
    Full rooms that a number of users amount to; a fraction where the last is not full.

    Parameters
    ----------
    users : array_like
        Concurrent users, non-negative. [users]
    room_size : array_like
        Users in one room, positive. [users]

    Returns
    -------
    ndarray
        Rooms, not rounded. [rooms]

    Raises
    ------
    ValueError
        If `users` is negative or `room_size` is not positive.

    References
    ----------
    .. [1] Its mean; :func:`~planning.models.delivery.fanout.rooms_open` counts whole rooms.

    Examples
    --------
    >>> full_rooms(users=[10, 75], room_size=50).tolist()
    [0.2, 1.5]
    """
    (users,) = non_negative(users=users)
    (room_size,) = positive(room_size=room_size)
    return users / room_size
