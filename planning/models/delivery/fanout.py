"""
Fan-out: one event — a join, a chat message — is delivered to everyone in its room.

Each sender has an audience, so what is delivered grows with both::

    1 message ──> N in the room ──> N deliveries
    N joins   ──> N in the room ──> N * N deliveries, about half if they come one by one

Realtime quotas count messages sent *and* delivered. In a room of N a message is sent
once and received by the N - 1 others: N in all, so `audience` here includes the sender.
Three ways out: smaller rooms, one count per interval instead of every join, and messages
that carry what a receiver would otherwise have to ask for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array, finite, non_negative, positive
from planning.models.formula import formula

_SUPABASE = (
    "Supabase, Manage Realtime Messages usage: one message sent plus one per client that "
    "receives it, https://supabase.com/docs/guides/platform/manage-your-usage/realtime-messages"
)
_LITTLE = (
    "Little, J. D. C. (1961), A Proof for the Queuing Formula L = λW, Oper. Res. 9(3), 383–387"
)


@formula("messages * audience", source=_SUPABASE)
def delivered_messages(messages: ArrayLike, audience: ArrayLike) -> Array:
    """
    Messages delivered when each one goes to a whole audience.

    For chat, and for naive presence, where each join is told to every viewer. An audience of 0
    receives nothing.

    Parameters
    ----------
    messages : array_like
        Messages sent, or sent per second, non-negative. [message] or [message/s]
    audience : array_like
        People in the room, the sender included, non-negative: a sender who does not receive its
        own message has sent one, which counts as much. [user]

    Returns
    -------
    ndarray
        Messages that count against a quota. [message] or [message/s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Supabase. Manage Realtime Messages usage: a broadcast to 4 listeners counts as 5.
       https://supabase.com/docs/guides/platform/manage-your-usage/realtime-messages

    Examples
    --------
    Ten thousand people who join while ten thousand watch.

    >>> float(delivered_messages(messages=10_000, audience=10_000))
    100000000.0
    """
    messages, audience = non_negative(messages=messages, audience=audience)
    return messages * audience


@formula("joins * already + joins * (joins + 1) / 2", source="sum of already + 1 … already + joins")
def join_storm_messages(joins: ArrayLike, already: ArrayLike = 0.0) -> Array:
    """
    Messages delivered when people join one after the other and each join is told to all.

    The joiner hears of itself too. In an empty room N joins are N(N + 1)/2 messages, about half
    of the N² that `delivered_messages` gives for an audience of N: that bound is reached where
    all are in the room before the first is told of. One join into a room of `already` is
    ``already + 1``; no joins are no messages.

    Parameters
    ----------
    joins : array_like
        People who join, non-negative. [user]
    already : array_like
        People in the room before the first joins, non-negative. [user]

    Returns
    -------
    ndarray
        Messages delivered. [message]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Graham, R. L., Knuth, D. E. and Patashnik, O. (1994). Concrete Mathematics, 2nd ed.,
       section 2.3: the sum of an arithmetic progression. Join i is delivered to ``already + i``.

    Examples
    --------
    >>> join_storm_messages(joins=10_000, already=[0, 10_000]).tolist()
    [50005000.0, 150005000.0]
    """
    joins, already = non_negative(joins=joins, already=already)
    return joins * already + joins * (joins + 1.0) / 2.0


@formula("viewers / interval", source="definition of a rate: one update per viewer and interval")
def aggregated_updates(viewers: ArrayLike, interval: ArrayLike) -> Array:
    """
    Messages per second when every viewer gets one count per interval, whoever joins.

    Grows in step with viewers, and not at all with joins.

    Parameters
    ----------
    viewers : array_like
        People who receive the count, non-negative. [user]
    interval : array_like
        Time between two counts, above 0. [s]

    Returns
    -------
    ndarray
        Messages delivered per second, on average; all viewers of a room at once, so a quota per
        second meets them in a burst. [message/s]

    Raises
    ------
    ValueError
        If `viewers` is negative or `interval` is not above 0.

    Examples
    --------
    >>> float(aggregated_updates(viewers=10_000, interval=10))
    1000.0
    """
    (viewers,) = non_negative(viewers=viewers)
    (interval,) = positive(interval=interval)
    return viewers / interval


@formula(
    "messages * viewers * look_ups", source="counting: each receiver asks about each message (N+1)"
)
def look_up_requests(messages: ArrayLike, viewers: ArrayLike, look_ups: ArrayLike) -> Array:
    """
    Requests of receivers who look up what a message lacks (the N+1 pattern, times viewers).

    A message that carries what it needs has no look-ups, and there are no requests.

    Parameters
    ----------
    messages : array_like
        Messages sent, or sent per second, non-negative. [message] or [message/s]
    viewers : array_like
        Receivers of each, non-negative. [user]
    look_ups : array_like
        Requests of one receiver for one message, non-negative. [request]

    Returns
    -------
    ndarray
        Requests. [request] or [request/s]

    Raises
    ------
    ValueError
        If an argument is negative.

    References
    ----------
    .. [1] Fowler, M. (2002). Patterns of Enterprise Application Architecture, Lazy Load (on
       ripple loading: one query more per item of a list).

    Examples
    --------
    Each viewer fetches a profile and a status for each message.

    >>> float(look_up_requests(messages=100, viewers=1000, look_ups=2))
    200000.0
    """
    messages, viewers, look_ups = non_negative(
        messages=messages, viewers=viewers, look_ups=look_ups
    )
    return messages * viewers * look_ups


@formula("subscribers * write_time / processes", source="one write after the other in each process")
def fan_out_time(
    subscribers: ArrayLike, write_time: ArrayLike, processes: ArrayLike = 1.0
) -> Array:
    """
    Time until the last subscriber has an update that is written to one after the other.

    Subscribers are spread evenly over processes that write side by side, each on a core of its
    own. The mean subscriber waits half as long. With fewer subscribers than processes the last
    one still takes a whole `write_time`, more than this says.

    Parameters
    ----------
    subscribers : array_like
        Open streams that get the update, non-negative; 0 take no time. [user]
    write_time : array_like
        Processor time of one write to one stream, non-negative. [s]
    processes : array_like
        Single-threaded processes that share the subscribers, above 0. [count]

    Returns
    -------
    ndarray
        Time from the first write to the last, network not included. [s]

    Raises
    ------
    ValueError
        If `subscribers` or `write_time` is negative or `processes` is not above 0.

    References
    ----------
    .. [1] Node.js documentation, cluster: a process runs in a single thread.
       https://nodejs.org/api/cluster.html

    Examples
    --------
    >>> fan_out_time(subscribers=5000, write_time=20e-6, processes=[1, 4]).round(9).tolist()
    [0.1, 0.025]
    """
    subscribers, write_time = non_negative(subscribers=subscribers, write_time=write_time)
    (processes,) = positive(processes=processes)
    return subscribers * write_time / processes


@formula("quota / messages", source=_SUPABASE)
def audience_within_quota(quota: ArrayLike, messages: ArrayLike) -> Array:
    """
    Largest audience whose deliveries stay within a quota; infinite where nothing is sent.

    Parameters
    ----------
    quota : array_like
        Messages per second that may be sent and delivered, non-negative; infinite where there
        is no quota. [message/s]
    messages : array_like
        Messages sent per second, finite and non-negative. [message/s]

    Returns
    -------
    ndarray
        People in the room, the sender included; not rounded. [user]

    Raises
    ------
    ValueError
        If an argument is negative or `messages` is infinite.

    References
    ----------
    .. [1] Supabase. Manage Realtime Messages usage: a broadcast to 4 listeners counts as 5.
       https://supabase.com/docs/guides/platform/manage-your-usage/realtime-messages

    Examples
    --------
    One message a second fills a quota of 2,500 in a room of 2,500; ten do in a room of 250.

    >>> audience_within_quota(quota=2500, messages=[0, 1, 10]).tolist()
    [inf, 2500.0, 250.0]
    """
    (quota,) = non_negative(quota=quota)
    (messages,) = finite(messages=messages)
    silent = messages == 0
    return np.where(silent, np.inf, quota / np.where(silent, 1.0, messages))


@formula("users * channels_per_user / stay", source=_LITTLE)
def channel_joins(users: ArrayLike, channels_per_user: ArrayLike, stay: ArrayLike) -> Array:
    """
    Channel joins per second of users who come and go, their number steady.

    Who leaves is replaced, and whoever comes joins each channel once: a steady rate. A crowd
    that arrives at once joins faster than this.

    Parameters
    ----------
    users : array_like
        Users present, non-negative. [user]
    channels_per_user : array_like
        Channels that each joins, non-negative. [channel]
    stay : array_like
        Mean time between joining and leaving, above 0. [s]

    Returns
    -------
    ndarray
        Joins per second. [join/s]

    Raises
    ------
    ValueError
        If `users` or `channels_per_user` is negative or `stay` is not above 0.

    References
    ----------
    .. [1] Little, J. D. C. (1961), Oper. Res. 9(3), 383–387, solved for the arrival rate.

    Examples
    --------
    >>> float(channel_joins(users=10_000, channels_per_user=3, stay=600))
    50.0
    """
    users, channels_per_user = non_negative(users=users, channels_per_user=channels_per_user)
    (stay,) = positive(stay=stay)
    return users * channels_per_user / stay


@formula("min(users, room_size)", source="rooms are filled one after the other")
def room_audience(users: ArrayLike, room_size: ArrayLike) -> Array:
    """
    People who receive what one of a room sends: all users until the room is full.

    Parameters
    ----------
    users : array_like
        Users, over all rooms, non-negative. [user]
    room_size : array_like
        People in a full room, non-negative; infinite where all share one. [user]

    Returns
    -------
    ndarray
        People in the sender's room. [user]

    Raises
    ------
    ValueError
        If an argument is negative.

    Examples
    --------
    >>> room_audience(users=[50, 10_000], room_size=200).tolist()
    [50.0, 200.0]
    """
    users, room_size = non_negative(users=users, room_size=room_size)
    return np.minimum(users, room_size)


@formula("ceil(users / room_size)", source="definition of a started room")
def rooms_open(users: ArrayLike, room_size: ArrayLike) -> Array:
    """
    Rooms that a number of users fill; the last one need not be full, none without users.

    Parameters
    ----------
    users : array_like
        Concurrent users, non-negative. [users]
    room_size : array_like
        Users in one room, positive. [users]

    Returns
    -------
    ndarray
        Whole rooms. [rooms]

    Raises
    ------
    ValueError
        If `users` is negative or `room_size` is not positive.

    References
    ----------
    .. [1] Graham, R. L., Knuth, D. E. and Patashnik, O. (1994). Concrete Mathematics, 2nd ed.,
       section 3.1, floors and ceilings.

    Examples
    --------
    >>> rooms_open(users=[0, 50, 51], room_size=50).tolist()
    [0.0, 1.0, 2.0]
    """
    (users,) = non_negative(users=users)
    (room_size,) = positive(room_size=room_size)
    rooms: Array = np.ceil(users / room_size)
    return rooms
