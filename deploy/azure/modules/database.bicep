param name string
param location string
param subnetId string
param privateDnsZoneId string
param workspaceId string

@secure()
param password string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${name}-database-${uniqueString(resourceGroup().id)}'
  location: location
  sku: {
    name: 'Standard_D2ds_v5'
    tier: 'GeneralPurpose'
  }
  properties: {
    version: '17'
    // Makes the broker's two users (docs/operate/postgresql.md), which are not administrators.
    administratorLogin: 'databaseadmin'
    administratorLoginPassword: password
    storage: {
      storageSizeGB: 64
      autoGrow: 'Enabled'
    }
    // A zone can be lost without losing a committed row: the standby is synchronous.
    highAvailability: {
      mode: 'ZoneRedundant'
    }
    backup: {
      backupRetentionDays: 35
      geoRedundantBackup: 'Enabled'
    }
    network: {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: privateDnsZoneId
    }
  }
}

resource auditing 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

// Its backups are deleted with it.
resource lock 'Microsoft.Authorization/locks@2016-09-01' = {
  scope: server
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
  }
}

output id string = server.id
output host string = server.properties.fullyQualifiedDomainName
