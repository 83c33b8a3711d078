param principalId string

// Managed Identity Contributor: create, read and delete identities and their federated credentials.
var managedIdentityContributor = 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59'

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, managedIdentityContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', managedIdentityContributor)
  }
}
