param name string
param location string
param principalId string
param secretsOfficerId string
param workspaceId string

@secure()
param databasePassword string

// Key Vault Crypto User: wrap, unwrap, sign. Key Vault Secrets User: read what is mounted into the container.
// Key Vault Secrets Officer: the person who puts the broker's own keys there.
var cryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

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
  }
}

// The service's own key-encryption key, for orders without a customer-managed one; it rotates by itself; new orders
// use the new version, and a campaign moves the others (docs/operate/runbook.md).
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

resource passwordSecret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'database-password'
  properties: {
    value: databasePassword
  }
}

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [cryptoUser, secretsUser]: {
    scope: vault
    name: guid(vault.id, principalId, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource personsRight 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, secretsOfficerId, secretsOfficer)
  properties: {
    principalId: secretsOfficerId
    principalType: 'User'
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

output uri string = vault.properties.vaultUri
output serviceKeyUrl string = serviceKey.properties.keyUri
