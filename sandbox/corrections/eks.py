"""EKS: what moto has of clusters and node groups is set right, what it lacks is added.

Next door are clusters with their tags, node groups, access entries, pod identities and add-ons.
"""

from moto.eks import urls
from moto.eks.responses import EKSResponse

from sandbox.corrections.eks_access import AccessEntries, AccessPolicies
from sandbox.corrections.eks_addons import Addons
from sandbox.corrections.eks_clusters import Clusters, Tags
from sandbox.corrections.eks_identities import PodIdentities
from sandbox.corrections.eks_nodes import NodeGroups
from sandbox.corrections.operations import add

OPERATIONS = (Clusters, Tags, NodeGroups, AccessEntries, AccessPolicies, PodIdentities, Addons)
"""What moto's EKS is given."""


def correct() -> None:
    """Give moto the operations, and one address for whatever is inside a cluster.

    Which operation a request is, moto finds in AWS's own model.
    """
    urls.url_paths["{0}/clusters/(?P<name>[^/]+)/(?P<rest>.+)$"] = urls.response.dispatch
    for operations in OPERATIONS:
        add(EKSResponse, operations)
