"""Kubernetes manifests and Helm values, in the manner of public threads on connections."""

from __future__ import annotations

import json

import pytest

from planning.questions.assess import Verdict

SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: flow-settings}
data:
  DB_HOST: bouncer.data.svc.cluster.local
  DB_POOL_SIZE: "20"
---
"""
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  replicas: 2
  strategy: STRATEGY
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
        - name: NAME
          image: flow
          envFrom: [{configMapRef: {name: flow-settings}}]
          resources: {requests: {cpu: 250m}, limits: {cpu: "1", memory: 1Gi}}
---
"""
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: NAME}
spec:
  minReplicas: 2
  maxReplicas: MOST
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: NAME}
---
"""
KEDA = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: NAME}
spec: {maxReplicaCount: MOST, scaleTargetRef: {name: NAME}}
---
"""
BOUNCER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: pgbouncer}
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}
  template:
    metadata: {labels: {app: pooler}}
    spec:
      containers:
        - name: pgbouncer
          image: registry.example.com/team/pgbouncer:1.23
          env:
            - {name: DB_HOST, value: main}
            - {name: PGBOUNCER_MAX_CLIENT_CONN, value: "3000"}
            - {name: PGBOUNCER_DEFAULT_POOL_SIZE, value: "100"}
            - {name: PGBOUNCER_POOL_MODE, value: transaction}
---
apiVersion: v1
kind: Service
metadata: {name: bouncer}
spec: {selector: {app: pooler}}
---
"""
SERVER = "max_connections = 500\n"


def pod(name, strategy="{rollingUpdate: {maxSurge: 0}}"):
    return POD.replace("NAME", name).replace("STRATEGY", strategy)


def scaler(name, most, text=SCALER):
    return text.replace("NAME", name).replace("MOST", str(most))


def test_maxima_of_autoscalers_against_the_clients_of_a_pooler(imported):
    # 320 workers and 140 webhooks with a pool of 20 each, against 2 poolers of 3,000 clients
    text = SETTINGS + pod("worker") + scaler("worker", 320, KEDA)
    text += pod("webhook") + scaler("webhook", 140) + BOUNCER
    found = imported({"rendered.yaml": text, "postgresql.conf": SERVER})
    assert found.load("pgbouncer clients with full pools") == (320 + 140) * 20
    assert found.limit("pgbouncer clients with full pools") == 2 * 3000
    assert found.result.verdict is Verdict.FAILS
    # what was before: 160 of each with a pool of 5 would have fitted
    before = text.replace('"20"', '"5"')
    fits = imported({"rendered.yaml": before, "postgresql.conf": SERVER})
    assert fits.load("pgbouncer clients with full pools") == 460 * 5
    assert fits.load("postgres connections with full pools") == 200
    assert fits.result.verdict is Verdict.HOLDS


def test_every_number_has_its_file_and_line(imported):
    text = SETTINGS + pod("worker") + scaler("worker", 320)
    found = imported({"a.yaml": text, "b.yaml": BOUNCER})
    where = {
        "parts.worker.replicas": "a.yaml:28 HorizontalPodAutoscaler/worker.spec.maxReplicas",
        "parts.worker.pool_size": "a.yaml:6 ConfigMap/flow-settings.data.DB_POOL_SIZE",
        "parts.pgbouncer.max_clients": "b.yaml:15 Deployment/pgbouncer env"
        " PGBOUNCER_MAX_CLIENT_CONN",
        "parts.pgbouncer.replicas": "b.yaml:5 Deployment/pgbouncer.spec.replicas",
    }
    assert {path: found.source(path) for path in where} == where
    assert found.value("parts.worker.cores") == 1
    assert found.value("parts.worker.memory") == 2**30


@pytest.mark.parametrize(
    ("strategy", "pods"),
    [
        ("{type: RollingUpdate}", 8),  # 25 % of 6 is 1.5, so 2
        ("{rollingUpdate: {maxSurge: 1}}", 7),
        ("{rollingUpdate: {maxSurge: 50%}}", 9),
        ('{rollingUpdate: {maxSurge: "100%"}}', 12),
        ("{rollingUpdate: {maxSurge: 0}}", 6),
        ("{type: Recreate}", 6),
        ("{blueGreen: {activeService: x}}", 12),
        ("{canary: {maxSurge: 2}}", 8),
    ],
)
def test_the_surge_of_a_rollout(imported, strategy, pods):
    text = SETTINGS + pod("app", strategy).replace("replicas: 2", "replicas: 6")
    found = imported({"rendered.yaml": text, "postgresql.conf": SERVER})
    assert found.load("postgres connections with full pools") == 6 * 20
    assert found.load("postgres connections while deploying") == pods * 20


INI = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: bouncer-ini}
data:
  userlist.txt: '"app" "hunter2"'
  pgbouncer.ini: |
    [databases]
    * = host=main port=5432
    [pgbouncer]
    pool_mode = session
    max_client_conn = CLIENTS
    default_pool_size = POOL
    reserve_pool_size = RESERVE
---
"""


def poolers(replicas, strategy, clients, pool, reserve):
    bouncer = BOUNCER.replace("replicas: 2", f"replicas: {replicas}")
    bouncer = bouncer.replace("{rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}", strategy)
    kept = [line for line in bouncer.split("\n") if "PGBOUNCER_" not in line]
    ini = INI.replace("CLIENTS", str(clients)).replace("POOL", str(pool))
    return ini.replace("RESERVE", str(reserve)) + "\n".join(kept)


def test_poolers_without_a_ceiling_open_more_than_the_server_takes(imported):
    # 6 poolers in session mode, each bounded by its 1,500 clients alone, on a server of 5,000
    server = (
        "max_connections = 5000\nsuperuser_reserved_connections = 3\nreserved_connections = 2\n"
    )
    text = poolers(6, "{rollingUpdate: {maxSurge: 0}}", 1500, 800, 2000)
    found = imported({"rendered.yaml": text, "postgresql.conf": server})
    assert found.load("postgres connections with full pools") == 9000
    assert found.limit("postgres connections with full pools") == 4995
    assert found.source("parts.pgbouncer.max_clients") == "rendered.yaml:11 max_client_conn"
    assert "hunter2" not in found.text


@pytest.mark.parametrize(("reserve", "connections"), [(25, 525), (20, 490)])
def test_one_pooler_more_while_deploying(imported, reserve, connections):
    # 6 poolers of 50 and a reserve, one more beside them, on a server of 500
    text = poolers(6, "{rollingUpdate: {maxSurge: 1}}", 5000, 50, reserve)
    server = "max_connections = 500\nsuperuser_reserved_connections = 0\n"
    found = imported({"rendered.yaml": text, "postgresql.conf": server})
    assert found.load("postgres connections while deploying") == connections
    assert (found.result.verdict is Verdict.FAILS) == (connections > 500)


def test_secrets_are_not_opened(imported):
    text = pod("app").replace(
        "envFrom: [{configMapRef: {name: flow-settings}}]",
        "env: [{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: s, key: url}}},"
        " {name: DB_POOL_SIZE, value: 4}]",
    )
    text += "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {url: hunter2}\n"
    found = imported({"rendered.yaml": text})
    assert found.load("database connections with full pools") == 2 * 4
    assert "hunter2" not in found.text + "".join(found.told)


def test_a_variable_of_a_secret_alone_says_that_a_database_is_used(imported):
    text = pod("app").replace(
        "envFrom: [{configMapRef: {name: flow-settings}}]",
        "env: [{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: s, key: url}}}]",
    )
    found = imported({"rendered.yaml": text})
    assert found.value("parts.app.pool_size") == 10
    assert any("no file says the size of its pool" in line for line in found.told)


def test_a_list_and_json_read_as_documents_do(imported):
    item = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app"},
        "spec": {"replicas": 3, "template": {"spec": {"containers": [
            {"name": "app", "args": ["gunicorn", "-w", "2"],
             "env": [{"name": "DB_POOL_SIZE", "value": "6"}]}]}}},
    }  # fmt: skip
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [item]})
    found = imported({"all.json": text})
    assert found.load("database connections with full pools") == 3 * 2 * 6


def test_containers_of_one_pod_are_told_apart(imported):
    side = (
        "        - {name: nginx, image: 'nginx:1'}\n        - name: jobs\n          image: flow\n"
    )
    side += "          env: [{name: DB_POOL_SIZE, value: '3'}]\n---\n"
    text = SETTINGS + pod("app").removesuffix("---\n") + side
    found = imported({"rendered.yaml": text})
    assert found.load("database connections with full pools") == 2 * (20 + 3)
    assert {"app", "app_jobs"} <= set(found.result.system.parts)


def test_what_is_not_read_is_listed(imported):
    text = SETTINGS + pod("app") + "apiVersion: x/v1\nkind: Mystery\nmetadata: {name: m}\n"
    found = imported({"rendered.yaml": text})
    assert "not understood: rendered.yaml:23 Mystery/m: no kind that is read" in found.told


CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: main}
spec:
  instances: 3
  postgresql: {parameters: {max_connections: "150"}}
---
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: {name: main-pooler}
spec:
  cluster: {name: main}
  instances: 3
  pgbouncer: {poolMode: session, parameters: {max_client_conn: "1000", default_pool_size: "40"}}
---
"""


def test_a_cluster_and_its_pooler(imported):
    text = CLUSTER + SETTINGS.replace("bouncer.data", "main-pooler") + pod("app")
    found = imported({"rendered.yaml": text})
    assert found.limit("main connections with full pools") == 147
    assert found.limit("main_pooler clients with full pools") == 3000
    assert found.load("main connections with full pools") == 2 * 20
    assert found.source("parts.main.max_connections").startswith("rendered.yaml:6 ")


VALUES = """\
api:
  replicaCount: 4
  autoscaling: {enabled: ENABLED, maxReplicas: 10}
  strategy: {rollingUpdate: {maxSurge: 2}}
  resources: {limits: {cpu: 500m, memory: 512Mi}}
  env:
    - name: DATABASE_URL
      value: postgresql://app:hunter2@pgbouncer/app?connection_limit=8
  args: [uvicorn, app, --workers, "2"]
pgbouncer:
  replicaCount: 2
  config: {maxClientConn: 150, defaultPoolSize: 30, poolMode: transaction}
postgresql:
  primary:
    extendedConfiguration: |
      max_connections = 120
redis: {replicaCount: 3}
"""


@pytest.mark.parametrize(("enabled", "replicas"), [("true", 10), ("false", 4)])
def test_values_of_a_chart(imported, enabled, replicas):
    found = imported({"values.yaml": VALUES.replace("ENABLED", enabled)})
    assert found.load("pgbouncer clients with full pools") == replicas * 2 * 8
    assert found.load("pgbouncer clients while deploying") == (replicas + 2) * 2 * 8
    assert found.limit("pgbouncer clients with full pools") == 300
    assert found.limit("postgresql connections with full pools") == 117
    assert found.source("parts.postgresql.max_connections") == "values.yaml:16 max_connections"
    assert any("redis: no pool and no database" in line for line in found.told)
    assert "hunter2" not in found.text


def test_settings_of_an_application_belong_to_the_one_service(imported):
    spring = (
        "spring:\n  datasource:\n    url: jdbc:postgresql://db/x\n    password: hunter2\n"
        "    hikari: {maximum-pool-size: 12, minimum-idle: 4}\n"
    )
    compose = "services:\n  web: {image: x, deploy: {replicas: 3}, environment: {DB_HOST: db}}\n"
    compose += "  db: {image: postgres}\n"
    found = imported({"compose.yaml": compose, "application.yml": spring})
    assert found.load("db connections with full pools") == 36
    assert found.value("parts.web.pool_warm") == 4
    assert found.source("parts.web.pool_size").startswith("application.yml:5 ")
    assert "hunter2" not in found.text
