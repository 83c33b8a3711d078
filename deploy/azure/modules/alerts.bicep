param name string
param email string
@secure()
param webhook string
param clusterId string
param databaseId string
param vaultId string
param gatewayId string
param entryId string

// These watch Azure's own metrics. The broker's own alerts are in prometheus.bicep.
var alerts = [
  {
    name: 'database-down'
    severity: 0
    target: databaseId
    metric: 'is_db_alive'
    aggregation: 'Maximum'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'database-storage'
    severity: 2
    target: databaseId
    metric: 'storage_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 85
  }
  {
    name: 'database-processor'
    severity: 2
    target: databaseId
    metric: 'cpu_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 80
  }
  {
    name: 'vault-unavailable'
    severity: 0
    target: vaultId
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
  }
  {
    name: 'cluster-has-no-room'
    severity: 1
    target: clusterId
    metric: 'cluster_autoscaler_unschedulable_pods_count'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'cluster-processor'
    severity: 2
    target: clusterId
    metric: 'node_cpu_usage_percentage'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 80
  }
  {
    name: 'egress-down'
    severity: 0
    target: gatewayId
    metric: 'DatapathAvailability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 90
  }
  {
    name: 'entry-down'
    severity: 0
    target: entryId
    metric: 'VipAvailability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 90
  }
]

resource operators 'Microsoft.Insights/actionGroups@2022-06-01' = {
  name: '${name}-operators'
  location: 'global'
  properties: {
    groupShortName: name
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
    webhookReceivers: webhook == '' ? [] : [
      {
        name: 'paging'
        serviceUri: webhook
        useCommonAlertSchema: true
      }
    ]
  }
}

resource rules 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in alerts: {
    name: '${name}-${alert.name}'
    location: 'global'
    properties: {
      severity: alert.severity
      enabled: true
      scopes: [alert.target]
      evaluationFrequency: 'PT1M'
      windowSize: 'PT5M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'threshold'
            criterionType: 'StaticThresholdCriterion'
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: alert.operator
            threshold: alert.threshold
          }
        ]
      }
      actions: [
        {
          actionGroupId: operators.id
        }
      ]
    }
  }
]

output actionGroupId string = operators.id
