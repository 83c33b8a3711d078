param name string
param location string
param operatorId string
param addresses array
param workspaceId string

// Key Vault Crypto User: wraps and unwraps by the service key, and signs by an issuer's key.
var cryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424'

// Key Vault Secrets Officer: puts the broker's own keys there, and gets them back to rotate them.
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

// The broker itself. Orders have identities of their own, which it makes.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-broker'
  location: location
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'premium'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // Without the service key no order of the default encryption type can be unlocked, ever.
    enablePurgeProtection: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      // Resource Manager makes the service key through it.
      bypass: 'AzureServices'
      ipRules: [
        for address in addresses: {
          value: address
        }
      ]
    }
  }
}

// The service's own key-encryption key, for orders without a customer-managed one; it rotates by
// itself; new orders use the new version, and a campaign moves the others
// (docs/operate/runbook.md).
resource serviceKey 'Microsoft.KeyVault/vaults/keys@2026-02-01' = {
  parent: vault
  name: 'service'
  properties: {
    kty: 'RSA-HSM'
    keySize: 2048
    keyOps: [
      'wrapKey'
      'unwrapKey'
    ]
    rotationPolicy: {
      lifetimeActions: [
        {
          action: {
            type: 'rotate'
          }
          trigger: {
            timeAfterCreate: 'P1Y'
          }
        }
      ]
    }
  }
}

resource brokersRight 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identity.id, cryptoUser)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cryptoUser)
  }
}

resource operatorsRight 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, operatorId, secretsOfficer)
  properties: {
    principalId: operatorId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

resource auditing 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

// Orders of the default encryption type need its key.
resource vaultLock 'Microsoft.Authorization/locks@2016-09-01' = {
  scope: vault
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
  }
}

// Another identity of the same name would not have its rights.
resource identityLock 'Microsoft.Authorization/locks@2016-09-01' = {
  scope: identity
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
  }
}

output id string = vault.id
output name string = vault.name
output serviceKeyUrl string = serviceKey.properties.keyUri
output brokerIdentityName string = identity.name
output brokerClientId string = identity.properties.clientId
output brokerPrincipalId string = identity.properties.principalId
