param location string
param subnetId string

// The restore record (docs/operate/runbook.md): a share that outlives the cluster and is not part
// of the database's backups. NFS has no key that could be stolen: only the machines' subnet reaches
// it. It is mounted without TLS, inside the network.
resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'record${uniqueString(resourceGroup().id)}'
  location: location
  sku: {
    name: 'Premium_ZRS'
  }
  kind: 'FileStorage'
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: false
    networkAcls: {
      bypass: 'None'
      defaultAction: 'Deny'
      virtualNetworkRules: [
        {
          id: subnetId
          action: 'Allow'
        }
      ]
    }
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    shareDeleteRetentionPolicy: {
      enabled: true
      days: 35
    }
  }
}

// The least size of a premium share; the record has some megabytes.
resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2024-01-01' = {
  parent: files
  name: 'restore-record'
  properties: {
    enabledProtocols: 'NFS'
    rootSquash: 'NoRootSquash'
    shareQuota: 100
  }
}

// It is worth nothing if it is lost with the database.
resource lock 'Microsoft.Authorization/locks@2016-09-01' = {
  scope: account
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
  }
}

output accountName string = account.name
