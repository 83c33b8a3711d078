param name string
param location string
param clusterName string
param actionGroupId string

// The broker's own alerts in Azure's managed Prometheus. The cluster's part of it reads the objects
// of deploy/kubernetes/azure-monitoring; the rules are those of deploy/observability.
var rules = loadYamlContent('../../observability/alerts.yaml').groups[0].rules
// A group has room for 20.
var groupSize = 20

resource cluster 'Microsoft.ContainerService/managedClusters@2025-03-01' existing = {
  name: clusterName
}

resource workspace 'Microsoft.Monitor/accounts@2023-04-03' = {
  name: '${name}-metrics'
  location: location
  properties: {}
}

resource endpoint 'Microsoft.Insights/dataCollectionEndpoints@2022-06-01' = {
  name: '${name}-metrics'
  location: location
  kind: 'Linux'
  properties: {}
}

resource collection 'Microsoft.Insights/dataCollectionRules@2022-06-01' = {
  name: '${name}-metrics'
  location: location
  kind: 'Linux'
  properties: {
    dataCollectionEndpointId: endpoint.id
    dataSources: {
      prometheusForwarder: [
        {
          name: 'prometheus'
          streams: ['Microsoft-PrometheusMetrics']
          labelIncludeFilter: {}
        }
      ]
    }
    destinations: {
      monitoringAccounts: [
        {
          name: 'workspace'
          accountResourceId: workspace.id
        }
      ]
    }
    dataFlows: [
      {
        streams: ['Microsoft-PrometheusMetrics']
        destinations: ['workspace']
      }
    ]
  }
}

resource collectionOfCluster 'Microsoft.Insights/dataCollectionRuleAssociations@2022-06-01' = {
  scope: cluster
  name: '${name}-metrics'
  properties: {
    dataCollectionRuleId: collection.id
  }
}

resource groups 'Microsoft.AlertsManagement/prometheusRuleGroups@2023-03-01' = [
  for index in range(0, (length(rules) + groupSize - 1) / groupSize): {
    name: '${name}-broker-${index}'
    location: location
    properties: {
      enabled: true
      scopes: [workspace.id, cluster.id]
      clusterName: clusterName
      interval: 'PT1M'
      rules: [
        for rule in take(skip(rules, index * groupSize), groupSize): {
          alert: rule.alert
          enabled: true
          expression: rule.expr
          for: 'PT${toUpper(rule.?for ?? '0m')}'
          labels: rule.labels
          annotations: rule.annotations
          severity: rule.labels.severity == 'page' ? 1 : 3
          resolveConfiguration: {
            autoResolved: true
            timeToResolve: 'PT5M'
          }
          actions: [
            {
              actionGroupId: actionGroupId
            }
          ]
        }
      ]
    }
  }
]
