"""Simulated controllers: what objects need of the charts that no node runs here.

Run by the stand-in after it applied an object or a release, with the rights of who applied it;
nothing runs in the background. Only conditions and what pods cannot start without:

- external-secrets: stores become ready, an ExternalSecret makes its Secret with drawn values;
- Traefik: GatewayClasses are accepted, Gateways programmed, routes attached;
- Karpenter: node classes and pools become ready;
- the AWS Load Balancer Controller: a Service of type LoadBalancer gets a host name;
- of an object that is deleted, the controller takes its finalizer off.
"""

import base64
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sandbox.kubernetes import finalizers
from sandbox.kubernetes.api import APPLY, MERGE, Api, ApiError, NoMatchError
from sandbox.kubernetes.objects import entries, section

Plain = dict[str, object]
_Object = dict[str, Any]

CHART_LABEL = "sandbox/chart"
"""On Helm's record of a release: which chart it is of."""

TRAEFIK = "traefik.io/gateway-controller"
"""The name by which Traefik knows the GatewayClasses that are its own."""

_GATEWAY = "gateway.networking.k8s.io/v1"
_SECRETS = "external-secrets.io/v1"
_OWNER = "external-secrets"
_FORBIDDEN = 403


def after(api: Api, applied: Plain) -> None:
    """Let the controllers that mind an object's kind see it, where their charts are installed."""
    for controller in _minding(applied):
        _reconcile(api, controller, applied)


def after_deletion(api: Api, path: str) -> None:
    """Let the controller of an object that is being deleted clean up, where its chart still is."""
    found = api.find(path)
    finalizer = finalizers.FINALIZERS.get(_group_and_kind(found or {}))
    if found is None or finalizer is None:
        return
    if any(_installed(api, controller.chart) for controller in _minding(found)):
        finalizers.take_off(api, path, finalizer)


def after_release(api: Api, chart: str) -> None:
    """Let the controllers of a chart see what was there before it."""
    for controller in _CONTROLLERS:
        if controller.chart != chart:
            continue
        for version in ("v1", "v1beta1"):
            api_version = f"{controller.group}/{version}" if controller.group else version
            try:
                found = api.get(api.path(api_version, controller.kind, None))
            except NoMatchError:
                continue
            for item in entries(found, "items"):
                named = {**item, "apiVersion": api_version, "kind": controller.kind}
                _reconcile(api, controller, named)
            break


def _minding(found: Mapping[str, object]) -> "list[_Controller]":
    own = _group_and_kind(found)
    return [controller for controller in _CONTROLLERS if (controller.group, controller.kind) == own]


def _reconcile(api: Api, controller: "_Controller", found: Mapping[str, object]) -> None:
    try:
        if _installed(api, controller.chart):
            controller.control(api, cast("_Object", found))
    except ApiError as error:
        # Who may not write a status is not kept from applying objects.
        if error.status != _FORBIDDEN:
            raise


def _group_and_kind(found: Mapping[str, object]) -> tuple[str, str]:
    return str(found.get("apiVersion", "")).rpartition("/")[0], str(found.get("kind"))


def _installed(api: Api, chart: str) -> bool:
    found = api.get("/api/v1/secrets", labelSelector=f"owner=helm,{CHART_LABEL}={chart}", limit="1")
    return bool(found.get("items"))


def _store(api: Api, found: _Object) -> None:
    _status(api, found, {"capabilities": "ReadWrite", **_conditions(found, Ready="Valid")})


def _external_secret(api: Api, found: _Object) -> None:
    """Make the Secret, unless the store it names is not there."""
    spec, metadata = found["spec"], found["metadata"]
    reference = section(spec, "secretStoreRef")
    kind, namespace = reference.get("kind", "SecretStore"), metadata["namespace"]
    place = None if kind.startswith("Cluster") else namespace
    if reference and api.find(api.path(_SECRETS, kind, place, reference["name"])) is None:
        message = f'{kind} "{reference["name"]}" not found'
        _status(api, found, _conditions(found, message, "False", Ready="SecretSyncedError"))
        return
    target = section(spec, "target")
    name = target.get("name") or metadata["name"]
    path = api.path("v1", "Secret", namespace, name)
    if api.find(path) is None:
        keys = {key: base64.b64encode(secrets.token_urlsafe(24).encode()).decode()
                for key in _keys(spec)}  # fmt: skip
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": section(target, "template").get("type") or "Opaque",
            "metadata": {"name": name, "namespace": namespace, "ownerReferences": [_owner(found)]},
            "data": keys,
        }
        query = {"fieldManager": _OWNER, "force": "true"}
        api.request("PATCH", path, body, query=query, content=APPLY)
    status = {"refreshTime": _now(), "binding": {"name": name}}
    _status(api, found, {**status, **_conditions(found, Ready="SecretSynced")})


def _keys(spec: _Object) -> Iterator[str]:
    """The keys of the Secret; what an extracted secret has inside, nobody here knows."""
    template = section(spec, "target", "template", "data")
    if template:
        yield from template
        return
    for entry in entries(spec, "data"):
        yield entry["secretKey"]
    if spec.get("dataFrom"):
        yield "extracted"


def _gateway_class(api: Api, found: _Object) -> None:
    if found["spec"]["controllerName"] == TRAEFIK:
        _status(api, found, _conditions(found, Accepted="Accepted"))


def _gateway(api: Api, found: _Object) -> None:
    name = found["spec"]["gatewayClassName"]
    known = api.find(api.path(_GATEWAY, "GatewayClass", None, name))
    if known is None or cast("_Object", known["spec"])["controllerName"] != TRAEFIK:
        return
    programmed = _conditions(
        found, Accepted="Accepted", Programmed="Programmed", ResolvedRefs="ResolvedRefs"
    )
    listeners = [
        {"name": listener["name"], "attachedRoutes": 0, "supportedKinds": [], **programmed}
        for listener in found["spec"]["listeners"]
    ]
    conditions = _conditions(found, Accepted="Accepted", Programmed="Programmed")
    _status(api, found, {**conditions, "listeners": listeners})


def _route(api: Api, found: _Object) -> None:
    """Attach a route to the Gateways that are there, if its backends are."""
    namespace = found["metadata"]["namespace"]
    missing = _missing_backend(api, found, namespace)
    parents: list[Plain] = []
    for parent in entries(found, "spec", "parentRefs"):
        where = parent.get("namespace") or namespace
        gateway = api.find(api.path(_GATEWAY, "Gateway", where, parent["name"]))
        if gateway is None:
            conditions = _conditions(found, "no such Gateway", "False", Accepted="NoMatchingParent")
        elif missing:
            accepted = _conditions(found, Accepted="Accepted")["conditions"]
            refused = _conditions(found, missing, "False", ResolvedRefs="BackendNotFound")
            conditions = {"conditions": [*accepted, *refused["conditions"]]}
        else:
            conditions = _conditions(found, Accepted="Accepted", ResolvedRefs="ResolvedRefs")
        parents.append({"parentRef": parent, "controllerName": TRAEFIK, **conditions})
    _status(api, found, {"parents": parents})


def _missing_backend(api: Api, found: _Object, namespace: str) -> str:
    for rule in entries(found, "spec", "rules"):
        for backend in entries(rule, "backendRefs"):
            where = backend.get("namespace") or namespace
            kind = backend.get("kind", "Service")
            if kind == "Service" and not api.find(api.path("v1", kind, where, backend["name"])):
                return f"Service {where}/{backend['name']} not found"
    return ""


def _backend(api: Api, found: _Object) -> None:
    """Look again at the routes of a Service's namespace that had waited for it."""
    try:
        routes = api.get(api.path(_GATEWAY, "HTTPRoute", found["metadata"]["namespace"]))
    except NoMatchError:
        return
    for route in entries(routes, "items"):
        _route(api, {**route, "apiVersion": _GATEWAY, "kind": "HTTPRoute"})


def _ready(api: Api, found: _Object) -> None:
    _status(api, found, _conditions(found, Ready="Ready"))


def _keep(api: Api, found: _Object) -> None:
    finalizers.put_on(api, _path(api, found), found, finalizers.FINALIZERS[_group_and_kind(found)])


def _node_class(api: Api, found: _Object) -> None:
    _keep(api, found)
    _ready(api, found)


def _leave(_api: Api, _found: _Object) -> None:
    """Nothing until it is deleted."""


def _service(api: Api, found: _Object) -> None:
    if found["spec"].get("type") == "LoadBalancer":
        metadata = found["metadata"]
        host = f"k8s-{metadata['namespace']}-{metadata['name']}.elb.amazonaws.com"
        _status(api, found, {"loadBalancer": {"ingress": [{"hostname": host}]}})


class _Controller(NamedTuple):
    """What minds a kind, and the chart it comes with."""

    group: str
    kind: str
    chart: str
    control: Callable[[Api, _Object], None]


_LOAD_BALANCERS, _ESO = "aws-load-balancer-controller", "external-secrets"
_CONTROLLERS = (
    _Controller("", "Service", _LOAD_BALANCERS, _service),
    _Controller("", "Service", "traefik", _backend),
    _Controller("argoproj.io", "Application", "argo-cd", _leave),
    _Controller("elbv2.k8s.aws", "TargetGroupBinding", _LOAD_BALANCERS, _keep),
    _Controller("external-secrets.io", "ClusterSecretStore", _ESO, _store),
    _Controller("external-secrets.io", "SecretStore", _ESO, _store),
    _Controller("external-secrets.io", "ExternalSecret", _ESO, _external_secret),
    _Controller("gateway.networking.k8s.io", "GatewayClass", "traefik", _gateway_class),
    _Controller("gateway.networking.k8s.io", "Gateway", "traefik", _gateway),
    _Controller("gateway.networking.k8s.io", "HTTPRoute", "traefik", _route),
    _Controller("karpenter.k8s.aws", "EC2NodeClass", "karpenter", _node_class),
    _Controller("karpenter.sh", "NodePool", "karpenter", _ready),
)


def _status(api: Api, found: _Object, status: Mapping[str, object]) -> None:
    api.request("PATCH", f"{_path(api, found)}/status", {"status": status}, content=MERGE)


def _path(api: Api, found: _Object) -> str:
    metadata = found["metadata"]
    namespace = metadata.get("namespace")
    return api.path(found["apiVersion"], found["kind"], namespace, metadata["name"])


def _conditions(
    found: _Object, message: str = "", status: str = "True", **reasons: str
) -> dict[str, list[Plain]]:
    """Conditions with their reasons, all of one status."""
    return {
        "conditions": [
            {
                "type": kind,
                "status": status,
                "reason": reason,
                "message": message,
                "lastTransitionTime": _now(),
                **({} if kind == "Ready" else {"observedGeneration": _generation(found)}),
            }
            for kind, reason in reasons.items()
        ]
    }


def _generation(found: _Object) -> int:
    return int(found["metadata"].get("generation", 1))


def _owner(found: _Object) -> Plain:
    metadata = found["metadata"]
    return {
        "apiVersion": found["apiVersion"],
        "kind": found["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
