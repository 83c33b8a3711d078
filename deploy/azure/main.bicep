// The broker needs in Azure: a cluster, PostgreSQL, the broker's identity and vault, two fixed
// addresses, logs and alerts. One resource group has the service, another one the identities that
// the broker makes for orders. The broker itself comes from deploy/kubernetes, after its keys are
// in the vault. It gets no right on any customer's vault.
targetScope = 'subscription'

@description('Short name of this installation; part of the name of every resource. The vault\'s name has 14 characters more, and room for 24.')
@minLength(3)
@maxLength(10)
param name string = 'databox'

@description('Azure region of the service, such as westeurope. It must have three zones and a paired region.')
param location string = deployment().location

@description('Public origin of the broker, such as https://databox.contoso.com: devices and Entra ID call it, and it is the issuer of the broker\'s tokens.')
param brokerUrl string

@description('Resource id of the registry that has the image; empty for a public one.')
param registryId string = ''

@description('Object id of the person or group that installs the broker: fills its vault, and administers the cluster.')
param operatorId string

@description('Addresses or networks, such as 203.0.113.7, from which operators call the cluster and the broker\'s vault.')
@minLength(1)
param operatorAddresses array

@description('Receives the alerts.')
param alertEmail string

@description('Also receives the alerts, in the common schema: the https address of a paging tool. Empty: none.')
@secure()
param alertWebhook string = ''

@description('Administrator of PostgreSQL, who makes the broker\'s two users.')
@secure()
param databasePassword string

@description('Size of the cluster\'s machines: at least 4 processors.')
param nodeSize string = 'Standard_D4ds_v5'

@description('StandardV2 survives the loss of a zone. Standard is for regions and clouds that do not have it.')
@allowed(['StandardV2', 'Standard'])
param natGatewaySku string = 'StandardV2'

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

// Of /subscriptions/ID/resourceGroups/NAME/providers/…; a scope is evaluated even when its module
// is left out.
var registrySubscription = registryId == '' ? subscription().subscriptionId : split(registryId, '/')[2]
var registryGroup = registryId == '' ? '${name}-service' : split(registryId, '/')[4]

resource serviceGroup 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: '${name}-service'
  location: location
}

resource identityGroup 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: '${name}-identities'
  location: location
}

module logs 'modules/logs.bicep' = {
  scope: serviceGroup
  name: 'logs'
  params: {
    name: name
    location: location
    retentionDays: logRetentionDays
  }
}

module network 'modules/network.bicep' = {
  scope: serviceGroup
  name: 'network'
  params: {
    name: name
    location: location
    natGatewaySku: natGatewaySku
  }
}

module vault 'modules/vault.bicep' = {
  scope: serviceGroup
  name: 'vault'
  params: {
    name: name
    location: location
    operatorId: operatorId
    addresses: concat(operatorAddresses, [network.outputs.egressAddress])
    workspaceId: logs.outputs.workspaceId
  }
}

module database 'modules/database.bicep' = {
  scope: serviceGroup
  name: 'database'
  params: {
    name: name
    location: location
    subnetId: network.outputs.databaseSubnetId
    privateDnsZoneId: network.outputs.databaseDnsZoneId
    password: databasePassword
    workspaceId: logs.outputs.workspaceId
  }
}

module record 'modules/record.bicep' = {
  scope: serviceGroup
  name: 'record'
  params: {
    location: location
    subnetId: network.outputs.nodesSubnetId
  }
}

module cluster 'modules/cluster.bicep' = {
  scope: serviceGroup
  name: 'cluster'
  params: {
    name: name
    location: location
    nodeSize: nodeSize
    subnetId: network.outputs.nodesSubnetId
    operatorId: operatorId
    addresses: concat(operatorAddresses, [network.outputs.egressAddress])
    brokerIdentityName: vault.outputs.brokerIdentityName
    workspaceId: logs.outputs.workspaceId
  }
}

// Making managed identities for orders, and the federated credentials on them, in this one group
// and nowhere else.
module identityRights 'modules/identity-rights.bicep' = {
  scope: identityGroup
  name: 'identity-rights'
  params: {
    principalId: vault.outputs.brokerPrincipalId
  }
}

module registryRights 'modules/registry-rights.bicep' = if (registryId != '') {
  scope: resourceGroup(registrySubscription, registryGroup)
  name: '${name}-registry-rights'
  params: {
    registryName: last(split(registryId, '/'))
    principalId: cluster.outputs.kubeletPrincipalId
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: serviceGroup
  name: 'alerts'
  params: {
    name: name
    email: alertEmail
    webhook: alertWebhook
    clusterId: cluster.outputs.id
    databaseId: database.outputs.id
    vaultId: vault.outputs.id
    gatewayId: network.outputs.gatewayId
    entryId: network.outputs.entryId
  }
}

module prometheus 'modules/prometheus.bicep' = {
  scope: serviceGroup
  name: 'prometheus'
  params: {
    name: name
    location: location
    clusterName: cluster.outputs.name
    actionGroupId: alerts.outputs.actionGroupId
  }
}

@description('Point the DNS name of brokerUrl here.')
output entryAddress string = network.outputs.entryAddress

@description('Customers allow this address in the firewalls of their vaults.')
output egressAddress string = network.outputs.egressAddress

@description('For the broker\'s own keys.')
output vaultName string = vault.outputs.name

output clusterName string = cluster.outputs.name
@description('For record.yaml of the overlay.')
output recordAccountName string = record.outputs.accountName

output databaseHost string = database.outputs.host

@description('Principal of the broker. Give it Reader on customers\' vaults if it shall tell a deleted vault from one without access, and nothing else.')
output brokerPrincipalId string = vault.outputs.brokerPrincipalId

@description('The lines of broker.env.')
output brokerEnv array = [
  'BROKER_URL=${brokerUrl}'
  'AZURE_CLOUD=${environment().name}'
  'TENANT_ID=${subscription().tenantId}'
  'BROKER_CLIENT_ID=${vault.outputs.brokerClientId}'
  'SERVICE_KEY_URL=${vault.outputs.serviceKeyUrl}'
  'IDENTITY_RESOURCE_GROUP=${identityGroup.id}'
  'DATABASE_URL=postgresql://broker_serve@${database.outputs.host}:5432/broker'
]
