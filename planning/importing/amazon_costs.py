"""
What of Amazon is paid for and is no part here: nodes of caches, brokers, balancers, gateways.

A plan of Terraform says how many there are, and not who calls them. They are written as costs, so
that the bill is no smaller than it is; what is paid as it is used is listed, with the plan of the
catalogue that a part of one's own would name.
"""

from __future__ import annotations

from collections.abc import Callable

from planning.importing.compose import blocks
from planning.importing.found import Paid, Reading
from planning.importing.plans import Resource
from planning.importing.rows import plan_of
from planning.importing.settings import whole


def cache(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Pay the nodes of an ElastiCache cluster or replication group."""
    where = each.where("node_type")
    size = str(each.values.get("node_type", "")).removeprefix("cache.")
    plan = plan_of("aws.elasticache", size)
    if not _pay(each, plan, _nodes(each), "node_type", reading):
        reading.skip(where, "a class without a price in the catalogue")
    elif each.values.get("engine") in ("valkey", "memcached"):
        reading.skip(each.where("engine"), "its nodes are priced as those of Redis OSS")


def _nodes(each: Resource) -> int:
    """Return how many nodes there are: primaries and their replicas."""
    groups = whole(each.values.get("num_node_groups"))
    replicas = whole(each.values.get("replicas_per_node_group"))
    for mode in blocks(each.values.get("cluster_mode")):
        groups = groups or whole(mode.get("num_node_groups"))
        replicas = replicas or whole(mode.get("replicas_per_node_group"))
    named = ("num_cache_clusters", "number_cache_clusters", "num_cache_nodes")
    counts = [whole(each.values.get(name)) for name in named]
    if groups:
        return groups * (1 + (replicas or 0))
    return max([count for count in counts if count] or [1])


def kafka(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Pay the brokers of an MSK cluster and the volume of each."""
    count = whole(each.values.get("number_of_broker_nodes")) or 1
    for group in blocks(each.values.get("broker_node_group_info")):
        size = str(group.get("instance_type", "")).removeprefix("kafka.")
        if not _pay(each, plan_of("aws.msk", size), count, "instance_type", reading):
            reading.skip(each.where("instance_type"), "a broker without a price in the catalogue")
        for storage in blocks(group.get("storage_info")):
            for volume in blocks(storage.get("ebs_storage_info")):
                gigabytes = whole(volume.get("volume_size"))
                if gigabytes:
                    key, where = "aws.msk.storage.price", str(each.where("volume_size"))
                    reading.costs.append(Paid(f"{each.name} disk", key, where, gigabytes * count))


def kinesis(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Pay the shards of a stream; one without a number of them is paid as it is used."""
    count = whole(each.values.get("shard_count"))
    if not count:
        reading.skip(each.where("shard_count"), "paid as it is used: its price is in no cost")
        return
    key = "aws.kinesis.shard.partition_hourly"
    reading.costs.append(Paid(each.name, key, str(each.where("shard_count")), count))


def balancer(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Pay a load balancer's hours; its capacity units depend on use."""
    kind = each.values.get("load_balancer_type") or "application"
    plan = {"application": "aws.alb.balancer", "network": "aws.nlb.balancer"}.get(str(kind))
    if not _pay(each, plan, 1, "load_balancer_type", reading):
        reading.skip(each.where("load_balancer_type"), "a kind without a price in the catalogue")
        return
    reading.skip(
        each.where("name"),
        "its capacity units are paid as used: a part {kind: proxy} with `capacity_units`",
    )


def gateway(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Pay a NAT gateway's hours; its bytes depend on use."""
    _pay(each, "aws.nat.gateway", 1, "allocation_id", reading)


def nodes(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Pay the machines of a node group of EKS, the most that scaling starts."""
    sizes = each.values.get("instance_types")
    size = sizes[0] if isinstance(sizes, list) and sizes else None
    most = max(
        [
            whole(scaling.get("max_size")) or 0
            for scaling in blocks(each.values.get("scaling_config"))
        ]
        or [0]
    )
    if not most or not _pay(each, plan_of("aws.ec2", size), most, "instance_types", reading):
        reading.skip(each.where("instance_types"), "a size or a number that is not known")


def volume(each: Resource, there: list[Resource], reading: Reading) -> None:
    """Pay a volume of EBS by its size."""
    kind, size = each.values.get("type"), whole(each.values.get("size"))
    if kind not in ("gp2", "gp3", "io2", "st1") or not size:
        reading.skip(each.where("type"), "a volume without a price in the catalogue")
        return
    where = str(each.where("size"))
    reading.costs.append(Paid(each.name, f"aws.ebs.{kind}.price", where, size))


def queue(each: Resource, there: list[Resource], reading: Reading) -> None:
    """List a queue of SQS, which is paid by the request."""
    kind = "fifo" if each.values.get("fifo_queue") is True else "standard"
    reading.skip(
        each.where("name"),
        f"paid by the request: a part {{kind: queue}}, each call at aws.sqs.{kind}.request_price",
    )


def delivery(each: Resource, there: list[Resource], reading: Reading) -> None:
    """List a distribution of CloudFront, which is paid by the byte and the request."""
    words = "paid by the byte: a part {kind: cdn, plan: cdn.cloudfront}, or a region's plan"
    reading.skip(each.where("price_class"), words)


def bucket(each: Resource, there: list[Resource], reading: Reading) -> None:
    """List a bucket of S3, which is paid by the byte and the request."""
    words = "paid by the byte: a part {kind: object_store, plan: aws.s3_standard}"
    reading.skip(each.where("bucket"), words)


def table(each: Resource, there: list[Resource], reading: Reading) -> None:
    """List a table of DynamoDB, which is paid by the operation."""
    words = "paid by the operation: a part {kind: key_value_store}, aws.dynamodb.on_demand"
    reading.skip(each.where("name"), words)


def _pay(each: Resource, plan: str | None, count: int, attribute: str, reading: Reading) -> bool:
    """Write a cost of so many of a plan; tell whether there is one."""
    if plan is None:
        return False
    reading.costs.append(Paid(each.name, plan, str(each.where(attribute)), count))
    return True


READERS: dict[str, Callable[[Resource, list[Resource], Reading], None]] = {
    "aws_elasticache_cluster": cache,
    "aws_elasticache_replication_group": cache,
    "aws_msk_cluster": kafka,
    "aws_kinesis_stream": kinesis,
    "aws_lb": balancer,
    "aws_alb": balancer,
    "aws_nat_gateway": gateway,
    "aws_eks_node_group": nodes,
    "aws_ebs_volume": volume,
    "aws_sqs_queue": queue,
    "aws_cloudfront_distribution": delivery,
    "aws_s3_bucket": bucket,
    "aws_dynamodb_table": table,
}
