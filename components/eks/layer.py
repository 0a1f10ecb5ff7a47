"""Config and earlier Outputs in, the Kubernetes platform of one account out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.edge.contract import EdgeOutputs
from components.eks.access_entries import AccessEntries, AccessEntriesArgs, groups_of
from components.eks.addons import AddonRole, Addons, AddonsArgs, after_nodes, before_nodes
from components.eks.cluster import Cluster, ClusterArgs
from components.eks.contract import (
    ADMINISTRATORS_GROUP,
    READERS_GROUP,
    EksConfig,
    EksOutputs,
)
from components.eks.ground import NAME, Ground, group, key
from components.eks.node_group import NodeGroup, NodeGroupArgs
from components.eks.node_role import NodeRole, NodeRoleArgs
from components.eks.platform import Platform, build_platform
from components.eks.rbac import GroupRole, administrators, readers
from components.eks.settings import ClusterConfig
from components.eks.volumes import (
    DRIVER_NAMESPACE,
    DRIVER_POLICY,
    DRIVER_SERVICE_ACCOUNT,
    StorageClass,
    StorageClassArgs,
    key_policy,
)
from components.eks.workload_role import ClusterIdentity, WorkloadRole, WorkloadRoleArgs
from components.keys.contract import KeysOutputs
from components.naming import BREAK_GLASS_ROLE, role_arn
from components.network.cidr import Tier
from components.network.contract import NetworkOutputs
from components.network.flows import Role
from components.tags import required_tags


def build(context: LayerContext, config: EksConfig) -> EksOutputs:
    """Build the eks layer of this account: nothing unless a cluster is asked for."""
    if config.cluster is None:
        return EksOutputs()
    base = _ground(context, config.cluster)
    return _outputs(base, build_platform(base))


def _outputs(base: Ground, platform: Platform) -> EksOutputs:
    cluster = base.cluster
    return EksOutputs(
        cluster_name=cluster.name,
        cluster_arn=cluster.arn,
        endpoint=cluster.endpoint,
        certificate_authority=cluster.certificate_authority,
        oidc_issuer=cluster.oidc_issuer,
        oidc_provider_arn=cluster.oidc_provider_arn,
        kubernetes_version=base.config.kubernetes_version,
        kubeconfig=cluster.kubeconfig,
        node_role_arn=base.node_role_arn,
        cluster_security_group_id=cluster.security_group_id,
        node_security_group_id=base.group(Role.NODE),
        gateway=platform.gateway,
        secret_stores=platform.secret_stores,
        rbac_groups={"administrators": ADMINISTRATORS_GROUP, "readers": READERS_GROUP},
        pod_identity=base.config.workload_identity,
        provider=base.provider,
        foundations={**base.foundations, **platform.foundations},
    )


@dataclass(frozen=True, kw_only=True)
class _Nodes:
    """The nodes and what they stand on.

    Attributes:
        role: Their role.
        group_ids: Their security groups.
        group: The base group.
        network: The addons they join with.
    """

    role: NodeRole
    group_ids: list[pulumi.Output[str]]
    group: NodeGroup
    network: Addons


def _ground(context: LayerContext, settings: ClusterConfig) -> Ground:
    cluster = _cluster(context, settings)
    role = NodeRole(f"{NAME}-node", NodeRoleArgs(), context.options())
    entries = _access(context, settings, cluster, role)
    provider = kubernetes.Provider(
        f"{NAME}-kubernetes",
        kubeconfig=cluster.kubeconfig,
        # A cluster that is gone has taken its objects along: nothing to wait for.
        delete_unreachable=True,
        enable_server_side_apply=True,
        # Before there is the entry nobody answers; once it is gone, nobody deletes.
        opts=pulumi.ResourceOptions(depends_on=entries.deploy),
    )
    nodes = _nodes(context, settings, cluster, role, entries)
    identity = ClusterIdentity(
        name=cluster.name,
        arn=cluster.arn,
        account_id=context.account_id,
        oidc_issuer=cluster.oidc_issuer,
        oidc_provider_arn=cluster.oidc_provider_arn,
    )
    addons = _pod_addons(context, settings, identity, nodes)
    _cluster_wide(context, provider, addons)
    return Ground(
        context=context,
        config=settings,
        network=context.layer(NetworkOutputs),
        keys=context.layer(KeysOutputs),
        edge=context.built.get(EdgeOutputs),
        cluster=cluster,
        identity=identity,
        provider=provider,
        node_role_arn=role.arn,
        node_role_name=role.name,
        node_group_ids=nodes.group_ids,
        ready=[nodes.group, addons],
        foundations={"cluster": cluster, "nodes": nodes.group},
    )


def _cluster(context: LayerContext, settings: ClusterConfig) -> Cluster:
    network = context.layer(NetworkOutputs)
    # The control plane needs addresses and no way out; intra subnets are made for that.
    tier = Tier.INTRA if Tier.INTRA in network.subnet_ids else Tier.PRIVATE
    access_role = context.organization.access_role
    args = ClusterArgs(
        cluster_name=context.account_name,
        account_id=context.account_id,
        region=context.organization.regions.home,
        settings=settings,
        subnet_ids=network.subnet_ids[tier],
        security_group_id=group(context, Role.CONTROL_PLANE),
        logs_key_arn=key(context, "logs"),
        secrets_key_arn=key(context, "secrets"),
        deploy_role_arn=context.account_id.apply(lambda known: role_arn(known, access_role)),
    )
    return Cluster(f"{NAME}-cluster", args, context.options())


def _access(
    context: LayerContext, settings: ClusterConfig, cluster: Cluster, nodes: NodeRole
) -> AccessEntries:
    people = groups_of(settings.access)
    deploy_role = context.organization.access_role
    if deploy_role in people:
        raise pulumi.RunError(
            f"superinc:eks.cluster.access: got {deploy_role}, wanted roles of people;"
            " rollouts assume that one and have everything already"
        )
    break_glass = context.layer(AccountsOutputs).break_glass_role_arn
    args = AccessEntriesArgs(
        cluster_name=cluster.name,
        account_id=context.account_id,
        deploy_role=deploy_role,
        node_role_arn=nodes.arn,
        people=people,
        known_roles={} if break_glass is None else {BREAK_GLASS_ROLE: break_glass},
    )
    return AccessEntries(f"{NAME}-access", args, context.options())


def _nodes(
    context: LayerContext,
    settings: ClusterConfig,
    cluster: Cluster,
    role: NodeRole,
    entries: AccessEntries,
) -> _Nodes:
    before = before_nodes(settings.addons, pod_groups=settings.security_groups_for_pods)
    network = Addons(
        f"{NAME}-network",
        AddonsArgs(
            cluster_name=cluster.name,
            addons=before,
            keep_software=settings.deletion_protection,
        ),
        context.options(depends_on=entries.deploy),
    )
    groups = [group(context, one) for one in _node_roles(settings)]
    args = NodeGroupArgs(
        cluster_name=cluster.name,
        kubernetes_version=settings.kubernetes_version,
        settings=settings.base_nodes,
        role_arn=role.ready,
        subnet_ids=_private_subnets(context.layer(NetworkOutputs)),
        security_group_ids=groups,
        kms_key_arn=key(context, "ebs"),
        tags=required_tags(
            context.organization, stack=context.account_name, account=context.account_name
        ),
    )
    rules = context.layer(NetworkOutputs).security_groups
    after = [one for one in (network, entries.nodes, rules) if one is not None]
    made = NodeGroup(f"{NAME}-base", args, context.options(depends_on=after))
    return _Nodes(role=role, group_ids=groups, group=made, network=network)


def _node_roles(settings: ClusterConfig) -> tuple[Role, ...]:
    """The roles a node plays: a pod without groups of its own has those of its node."""
    if settings.security_groups_for_pods:
        return (Role.NODE,)
    return (Role.NODE, Role.APPLICATION)


def _private_subnets(network: NetworkOutputs) -> list[pulumi.Output[str]]:
    """The private subnets, each with its way out: a node without one never joins."""
    routing = network.routing_ids[Tier.PRIVATE]
    return [
        pulumi.Output.all(subnet, *routing).apply(_first)
        for subnet in network.subnet_ids[Tier.PRIVATE]
    ]


def _first(values: Sequence[str]) -> str:
    return values[0]


def _pod_addons(
    context: LayerContext, settings: ClusterConfig, identity: ClusterIdentity, nodes: _Nodes
) -> Addons:
    driver = WorkloadRole(
        f"{NAME}-volumes",
        WorkloadRoleArgs(
            cluster=identity,
            namespace=DRIVER_NAMESPACE,
            service_account=DRIVER_SERVICE_ACCOUNT,
            mode=settings.workload_identity,
            policy=key(context, "ebs").apply(key_policy),
            managed_policies=[DRIVER_POLICY],
            associate=False,
        ),
        context.options(),
    )
    volumes = AddonRole(
        service_account=DRIVER_SERVICE_ACCOUNT,
        arn=driver.role_arn,
        mode=settings.workload_identity,
    )
    return Addons(
        f"{NAME}-pod",
        AddonsArgs(
            cluster_name=identity.name,
            addons=after_nodes(settings.addons, volumes=volumes),
        ),
        context.options(depends_on=[nodes.group]),
    )


def _cluster_wide(
    context: LayerContext, provider: kubernetes.Provider, addons: Addons
) -> Mapping[str, pulumi.Resource]:
    """What belongs to no namespace: the groups' roles and the class of volumes."""
    storage = StorageClassArgs(provider=provider, kms_key_arn=key(context, "ebs"))
    return {
        "administrators": GroupRole(f"{NAME}-administrators", administrators(provider)),
        "readers": GroupRole(f"{NAME}-readers", readers(provider)),
        "volumes": StorageClass(
            f"{NAME}-storage", storage, pulumi.ResourceOptions(depends_on=[addons])
        ),
    }
