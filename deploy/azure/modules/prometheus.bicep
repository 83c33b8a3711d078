param name string
param location string
param clusterName string
param actionGroupId string

// The broker's own alerts in Azure's managed Prometheus. The cluster's part of it reads the objects
// of deploy/kubernetes/azure-monitoring; the rules are those of deploy/observability.
var rules = loadYamlContent('../../observability/alerts.yaml').groups[0].rules
// A group with the name of a cluster sees its series alone, and a probe from outside has none.
var ofCluster = filter(rules, rule => !contains(rule.expr, 'probe_success'))
var ofProbe = filter(rules, rule => contains(rule.expr, 'probe_success'))
// A group has room for 20.
var groupSize = 20
var groupsOfCluster = [
  for index in range(0, (length(ofCluster) + groupSize - 1) / groupSize): {
    name: 'broker-${index}'
    rules: take(skip(ofCluster, index * groupSize), groupSize)
    cluster: clusterName
  }
]
var groups = concat(groupsOfCluster, [{ name: 'entry', rules: ofProbe, cluster: null }])

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

resource ruleGroups 'Microsoft.AlertsManagement/prometheusRuleGroups@2023-03-01' = [
  for group in groups: {
    name: '${name}-${group.name}'
    location: location
    properties: {
      enabled: true
      scopes: group.cluster == null ? [workspace.id] : [workspace.id, cluster.id]
      clusterName: group.cluster
      interval: 'PT1M'
      rules: [
        for rule in group.rules: {
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
