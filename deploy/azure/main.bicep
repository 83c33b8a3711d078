// The broker as a cloud service: container app, PostgreSQL, its own identity and vault, logs. One resource group holds the
// service, another one the identities that it makes for orders. It gets no right on any customer's vault.
targetScope = 'subscription'

@description('Short name of this installation; part of every resource\'s name.')
@minLength(3)
@maxLength(12)
param name string = 'databox'

@description('Azure region of the service, such as westeurope.')
param location string = deployment().location

@description('Image of the broker, with its tag or digest.')
param image string

@description('Public origin of the broker, such as https://databox.contoso.com: what devices and Entra ID dial, and the issuer of its tokens.')
param brokerUrl string

@description('Resource id of the registry that holds the image; empty for a public one.')
param registryId string = ''

@description('Object id of the person who puts the broker\'s own keys and certificate into the vault.')
param secretsOfficerId string

@description('False for the first deployment: then the vault exists, and its secrets can be filled before replicas mount them.')
param deployBroker bool = true

@description('Replicas that always run.')
@minValue(2)
@maxValue(25)
param minReplicas int = 3

@description('Administrator of PostgreSQL at set-up; its password is kept in the service\'s vault only.')
@secure()
param databasePassword string

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

// Of /subscriptions/ID/resourceGroups/NAME/providers/…; a scope is evaluated although its module is left out.
var registrySubscription = registryId == '' ? subscription().subscriptionId : split(registryId, '/')[2]
var registryGroup = registryId == '' ? '${name}-service' : split(registryId, '/')[4]

resource serviceGroup 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: '${name}-service'
  location: location
}

resource identityGroup 'Microsoft.Resources/resourceGroups@2024-03-01' = {
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
  }
}

module identity 'modules/identity.bicep' = {
  scope: serviceGroup
  name: 'identity'
  params: {
    name: name
    location: location
  }
}

// Making managed identities for orders, and the federated credentials on them, in this one group and nowhere else.
module identityRights 'modules/identity-rights.bicep' = {
  scope: identityGroup
  name: 'identity-rights'
  params: {
    principalId: identity.outputs.principalId
  }
}

module registryRights 'modules/registry-rights.bicep' = if (registryId != '') {
  scope: resourceGroup(registrySubscription, registryGroup)
  name: '${name}-registry-rights'
  params: {
    registryName: last(split(registryId, '/'))
    principalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  scope: serviceGroup
  name: 'vault'
  params: {
    name: name
    location: location
    principalId: identity.outputs.principalId
    secretsOfficerId: secretsOfficerId
    workspaceId: logs.outputs.workspaceId
    databasePassword: databasePassword
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

module broker 'modules/broker.bicep' = if (deployBroker) {
  scope: serviceGroup
  name: 'broker'
  params: {
    name: name
    location: location
    image: image
    registryId: registryId
    brokerUrl: brokerUrl
    minReplicas: minReplicas
    subnetId: network.outputs.brokerSubnetId
    workspaceName: logs.outputs.workspaceName
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    identityGroupId: identityGroup.id
    vaultUri: vault.outputs.uri
    serviceKeyUrl: vault.outputs.serviceKeyUrl
    databaseHost: database.outputs.host
    databaseName: database.outputs.databaseName
  }
  dependsOn: [
    registryRights
  ]
}

@description('Point brokerUrl\'s DNS name here.')
output address string = broker.?outputs.address ?? ''

@description('Customers allow this address in the firewalls of their vaults.')
output egressAddress string = network.outputs.egressAddress

@description('Principal of the broker; give it Reader where the names of customers\' vaults shall be shown, and nothing else.')
output principalId string = identity.outputs.principalId
