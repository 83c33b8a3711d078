"""
Checks the resources of templates against the models of the Azure SDK for Python (Debian's
python3-azure): names of members, their kinds, required ones, and known values.

Input: [{"where", "type", "existing", "body", "reads"}], where null is a value that is only known
when it is deployed. Output: the faults, one sentence each.
"""

import importlib
import json
import re
import sys

# Of each version that the templates use, the SDK's model of the body.
MODELS = {
    "Microsoft.AlertsManagement/prometheusRuleGroups@2023-03-01": ("alertsmanagement", "PrometheusRuleGroupResource"),
    "Microsoft.Authorization/locks@2016-09-01": ("resource.locks.v2016_09_01", "ManagementLockObject"),
    "Microsoft.Authorization/roleAssignments@2022-04-01": ("authorization.v2022_04_01", "RoleAssignmentCreateParameters"),
    "Microsoft.ContainerRegistry/registries@2025-04-01": ("containerregistry.v2025_04_01", "Registry"),
    "Microsoft.ContainerService/managedClusters@2025-03-01": ("containerservice.v2025_03_01", "ManagedCluster"),
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2025-03-01": (
        "containerservice.v2025_03_01",
        "MaintenanceConfiguration",
    ),
    # The SDK has 2025-01-01-preview only.
    "Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01": ("postgresqlflexibleservers", "Server"),
    "Microsoft.Insights/actionGroups@2022-06-01": ("monitor", "ActionGroupResource"),
    "Microsoft.Insights/diagnosticSettings@2021-05-01-preview": ("monitor", "DiagnosticSettingsResource"),
    "Microsoft.Insights/metricAlerts@2018-03-01": ("monitor", "MetricAlertResource"),
    # The newest of the SDK; 2026-02-01 changed a default only.
    "Microsoft.KeyVault/vaults@2026-02-01": ("keyvault.v2024_11_01", "VaultCreateOrUpdateParameters"),
    "Microsoft.KeyVault/vaults/keys@2026-02-01": ("keyvault.v2024_11_01", "Key"),
    "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31": ("msi.v2023_01_31", "Identity"),
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31": (
        "msi.v2023_01_31",
        "FederatedIdentityCredential",
    ),
    "Microsoft.Network/natGateways@2024-07-01": ("network", "NatGateway"),
    "Microsoft.Network/privateDnsZones@2024-06-01": ("privatedns", "PrivateZone"),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01": ("privatedns", "VirtualNetworkLink"),
    "Microsoft.Network/publicIPAddresses@2024-07-01": ("network", "PublicIPAddress"),
    "Microsoft.Network/virtualNetworks@2024-07-01": ("network", "VirtualNetwork"),
    "Microsoft.OperationalInsights/workspaces@2022-10-01": ("loganalytics", "Workspace"),
    "Microsoft.Storage/storageAccounts@2024-01-01": ("storage", "StorageAccountCreateParameters"),
    "Microsoft.Storage/storageAccounts/fileServices@2024-01-01": ("storage", "FileServiceProperties"),
    "Microsoft.Storage/storageAccounts/fileServices/shares@2024-01-01": ("storage", "FileShare"),
    "Microsoft.Resources/resourceGroups@2024-11-01": ("resource.resources.v2024_11_01", "ResourceGroup"),
}
# The SDK has no models of them.
UNCHECKED = {
    "Microsoft.Insights/dataCollectionEndpoints@2022-06-01",
    "Microsoft.Insights/dataCollectionRules@2022-06-01",
    "Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01",
    "Microsoft.Monitor/accounts@2023-04-03",
}
# Bicep's own members of a resource.
OF_BICEP = {"name", "parent", "scope", "dependsOn"}
SCALARS = {"str": str, "bool": bool, "int": int, "float": (int, float), "duration": str, "iso-8601": str}


class Member:
    """A member of a model: its kind as the SDK writes it, and whether a request must have it."""

    def __init__(self, model, name, kind):
        self.model, self.name, self.kind = model, name, kind
        rules = model._validation.get(name, {})
        self.is_required = rules.get("required", False) and not rules.get("constant", False)
        text = re.search(rf":vartype {name}: (.*?)(?= :ivar |$)", re.sub(r"\s+", " ", model.__doc__))
        enum = re.search(r"str or ~[\w.]+\.(\w+)", text.group(1) if text else "")
        models = sys.modules[model.__module__.rpartition(".")[0]]
        self.known = [each.value for each in getattr(models, enum.group(1))] if enum else []



def members_of(model):
    """The tree of a model's members; the SDK flattens objects into names with dots."""
    tree = {}
    for name, entry in model._attribute_map.items():
        *folders, last = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", entry["key"])]
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = Member(model, name, entry["type"])
    return tree


def model_named(module, name, body):
    """A model, or the one of its kinds that the body names."""
    model = getattr(module, name)
    for discriminator, kinds in vars(model).get("_subtype_map", {}).items():
        key = model._attribute_map[discriminator]["key"].replace("\\.", ".")
        if isinstance(body, dict) and body.get(key) in kinds:
            return model_named(module, kinds[body[key]], body)
    return model


def check(where, module, tree, value, is_complete=True):
    if value is None:
        return
    if not isinstance(value, dict):
        yield f"{where} is not an object"
        return
    for name, each in value.items():
        if name not in tree:
            yield f"{where} has no member {name}"
        elif isinstance(tree[name], dict):
            yield from check(f"{where}.{name}", module, tree[name], each, is_complete)
        else:
            yield from check_kind(f"{where}.{name}", module, tree[name], tree[name].kind, each)
    for name, member in tree.items():
        if is_complete and isinstance(member, Member) and member.is_required and name not in value:
            yield f"{where} lacks {name}"


def check_kind(where, module, member, kind, value):
    if value is None or kind == "object":
        return
    if kind[0] in "[{":
        if not isinstance(value, list if kind[0] == "[" else dict):
            yield f"{where} is not {kind}"
            return
        for each in value if kind[0] == "[" else value.values():
            yield from check_kind(where, module, member, kind[1:-1], each)
    elif kind in SCALARS:
        if not isinstance(value, SCALARS[kind]) or (kind != "bool" and isinstance(value, bool)):
            yield f"{where} is not {kind}"
        elif member.known and value not in member.known:
            yield f"{where} is {value}, not one of {', '.join(member.known)}"
    else:
        yield from check(where, module, members_of(model_named(module, kind, value)), value)


def check_read(where, module, tree, path):
    """A value that another resource reads, such as properties.ipAddress."""
    place, kind = tree, None
    for name in path:
        if kind is not None and kind[0] in "[{":
            kind = kind[1:-1]
            continue
        if kind is not None:
            place = members_of(getattr(module, kind)) if hasattr(module, kind) else {}
        if name not in place:
            yield f"{where} has no member {'.'.join(path)}"
            return
        place, kind = (place[name], None) if isinstance(place[name], dict) else (None, place[name].kind)


def faults(resource):
    kind, where = resource["type"], f"{resource['where']} ({resource['type']})"
    if kind in UNCHECKED:
        return
    if kind not in MODELS:
        yield f"{where}: no model of it is known"
        return
    package, name = MODELS[kind]
    module = importlib.import_module(f"azure.mgmt.{package}.models")
    tree = members_of(getattr(module, name))
    if not resource["existing"]:
        body = {key: value for key, value in resource["body"].items() if key not in OF_BICEP}
        yield from check(where, module, tree, body)
    answer = members_of(getattr(module, {"VaultCreateOrUpdateParameters": "Vault"}.get(name, name)))
    for path in resource["reads"]:
        if path[0] not in ("id", "name"):
            yield from check_read(where, module, answer, path)


json.dump([fault for resource in json.load(sys.stdin) for fault in faults(resource)], sys.stdout)
