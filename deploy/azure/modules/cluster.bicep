param name string
param location string
param nodeSize string
param subnetId string
param operatorId string
param addresses array
param brokerIdentityName string
param workspaceId string

// Network Contributor: the cluster joins the subnet, and gives the entry's address to its load
// balancer.
var networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7'

// Azure Kubernetes Service Cluster User Role: fetches the cluster's address. RBAC Cluster Admin:
// installs into it.
var clusterUser = '4abbcc35-e782-43d8-92c5-2d3f1bd2253f'
var clusterAdmin = 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b'

// As in packages/errors/src/clouds.ts; deploy/kubernetes/example/identity.yaml asks for it.
var tokenAudiences = {
  AzureCloud: 'api://AzureADTokenExchange'
  AzureUSGovernment: 'api://AzureADTokenExchangeUSGov'
  AzureChinaCloud: 'api://AzureADTokenExchangeChina'
}
var tokenAudience = tokenAudiences[environment().name]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-cluster'
  location: location
}

resource identityRights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, identity.id, networkContributor)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', networkContributor)
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2025-03-01' = {
  name: '${name}-cluster'
  location: location
  sku: {
    name: 'Base'
    tier: 'Standard'
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    dnsPrefix: name
    // People sign in with Entra ID, and Azure's roles decide: no certificate of an administrator
    // exists.
    enableRBAC: true
    disableLocalAccounts: true
    aadProfile: {
      managed: true
      enableAzureRBAC: true
      tenantID: subscription().tenantId
    }
    apiServerAccessProfile: {
      authorizedIPRanges: [for address in addresses: contains(address, '/') ? address : '${address}/32']
    }
    autoUpgradeProfile: {
      upgradeChannel: 'stable'
      nodeOSUpgradeChannel: 'NodeImage'
    }
    oidcIssuerProfile: {
      enabled: true
    }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      loadBalancerSku: 'standard'
      outboundType: 'userAssignedNATGateway'
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        type: 'VirtualMachineScaleSets'
        osType: 'Linux'
        vmSize: nodeSize
        count: 3
        minCount: 3
        maxCount: 6
        enableAutoScaling: true
        availabilityZones: ['1', '2', '3']
        vnetSubnetID: subnetId
        upgradeSettings: {
          maxSurge: '33%'
        }
      }
    ]
    // Collects the broker's metrics (prometheus.bicep), and those of Kubernetes itself.
    azureMonitorProfile: {
      metrics: {
        enabled: true
      }
    }
    addonProfiles: {
      omsagent: {
        enabled: true
        config: {
          logAnalyticsWorkspaceResourceID: workspaceId
          useAADAuth: 'true'
        }
      }
    }
  }
  dependsOn: [
    identityRights
  ]
}

// Azure replaces machines and upgrades Kubernetes by itself: on Sundays in the night, with people
// who can act in the morning after.
resource maintenance 'Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2025-03-01' = [
  for schedule in ['aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule']: {
    parent: cluster
    name: schedule
    properties: {
      maintenanceWindow: {
        schedule: {
          weekly: {
            intervalWeeks: 1
            dayOfWeek: 'Sunday'
          }
        }
        durationHours: 6
        startTime: '01:00'
        utcOffset: '+00:00'
      }
    }
  }
]

resource brokerIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: brokerIdentityName
}

// A replica is the broker's identity by a token of its service account: workload identity, without
// a secret.
resource trust 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {
  parent: brokerIdentity
  name: 'cluster'
  properties: {
    issuer: cluster.properties.oidcIssuerProfile.issuerURL
    subject: 'system:serviceaccount:databox:databox-broker'
    audiences: [tokenAudience]
  }
}

resource operatorsRights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [clusterUser, clusterAdmin]: {
    scope: cluster
    name: guid(cluster.id, operatorId, role)
    properties: {
      principalId: operatorId
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// The broker's own log lines, from the nodes into the workspace.
resource containerLogs 'Microsoft.Insights/dataCollectionRules@2022-06-01' = {
  name: '${name}-container-logs'
  location: location
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerLogV2']
          extensionSettings: {
            dataCollectionSettings: {
              interval: '1m'
              namespaceFilteringMode: 'Include'
              namespaces: ['databox']
              enableContainerLogV2: true
            }
          }
        }
      ]
    }
    destinations: {
      logAnalytics: [
        {
          name: 'workspace'
          workspaceResourceId: workspaceId
        }
      ]
    }
    dataFlows: [
      {
        streams: ['Microsoft-ContainerLogV2']
        destinations: ['workspace']
      }
    ]
  }
}

resource containerLogsOfCluster 'Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01' = {
  scope: cluster
  name: 'ContainerInsightsExtension'
  properties: {
    dataCollectionRuleId: containerLogs.id
  }
}

resource auditing 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: cluster
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in ['kube-audit-admin', 'guard', 'cluster-autoscaler']: {
        category: category
        enabled: true
      }
    ]
  }
}

output id string = cluster.id
output name string = cluster.name
output kubeletPrincipalId string = cluster.properties.identityProfile.kubeletidentity.objectId
