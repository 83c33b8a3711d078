param name string
param location string
param natGatewaySku string

// Bicep knows no suffix of PostgreSQL by cloud.
var databaseSuffixes = {
  AzureCloud: 'postgres.database.azure.com'
  AzureUSGovernment: 'postgres.database.usgovcloudapi.net'
  AzureChinaCloud: 'postgres.database.chinacloudapi.cn'
}

var zones = ['1', '2', '3']

// Customers open the firewalls of their vaults for this address, so it never changes.
resource egress 'Microsoft.Network/publicIPAddresses@2024-07-01' = {
  name: '${name}-egress'
  location: location
  sku: {
    name: natGatewaySku
  }
  zones: zones
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

// Devices call this address. It is not of the cluster, so a new cluster keeps it.
resource entry 'Microsoft.Network/publicIPAddresses@2024-07-01' = {
  name: '${name}-entry'
  location: location
  sku: {
    name: 'Standard'
  }
  zones: zones
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource gateway 'Microsoft.Network/natGateways@2024-07-01' = {
  name: '${name}-egress'
  location: location
  sku: {
    name: natGatewaySku
  }
  properties: {
    publicIpAddresses: [
      {
        id: egress.id
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: '${name}-network'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: ['10.20.0.0/16']
    }
    subnets: [
      {
        name: 'nodes'
        properties: {
          addressPrefix: '10.20.0.0/23'
          // The share of the restore record admits this subnet alone.
          serviceEndpoints: [
            {
              service: 'Microsoft.Storage'
            }
          ]
          natGateway: {
            id: gateway.id
          }
        }
      }
      {
        name: 'database'
        properties: {
          // The network policy of the replicas names it too
          // (deploy/kubernetes/example/private-endpoints.yaml).
          addressPrefix: '10.20.2.0/28'
          delegations: [
            {
              name: 'postgresql'
              properties: {
                serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers'
              }
            }
          ]
        }
      }
    ]
  }
}

resource databaseZone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: '${name}.private.${databaseSuffixes[environment().name]}'
  location: 'global'
}

resource databaseZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: databaseZone
  name: 'network'
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}

// Devices know its address.
resource entryLock 'Microsoft.Authorization/locks@2016-09-01' = {
  scope: entry
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
  }
}

// Customers' firewalls know its address.
resource egressLock 'Microsoft.Authorization/locks@2016-09-01' = {
  scope: egress
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
  }
}

output nodesSubnetId string = network.properties.subnets[0].id
output databaseSubnetId string = network.properties.subnets[1].id
output databaseDnsZoneId string = databaseZone.id
output gatewayId string = gateway.id
output egressAddress string = egress.properties.ipAddress
output entryId string = entry.id
output entryAddress string = entry.properties.ipAddress
