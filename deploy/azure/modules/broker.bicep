param name string
param location string
param image string
param registryId string
param brokerUrl string
param minReplicas int
param subnetId string
param workspaceName string
param identityId string
param identityClientId string
param identityGroupId string
param vaultUri string
param serviceKeyUrl string
param databaseHost string
param databaseName string

// Made by `broker keys create` and put into the vault before this deployment (docs/operate/deploy-azure.md); each becomes a file.
var mountedSecrets = [
  'tls-certificate'
  'tls-key'
  'broker-signing-key'
  'broker-signing-key-next'
  'token-issuer-key'
  'token-issuer-key-next'
  'nonce-key'
  'session-key'
  'database-password'
]

var fileNames = {
  'tls-certificate': 'tls.crt'
  'tls-key': 'tls.key'
  'broker-signing-key': 'broker-signing-key.pem'
  'broker-signing-key-next': 'broker-signing-key.next.pem'
  'token-issuer-key': 'token-issuer-key.pem'
  'token-issuer-key-next': 'token-issuer-key.next.pem'
  'nonce-key': 'nonce-key.bin'
  'session-key': 'session-key.bin'
  'database-password': 'database-password'
}

var registryServer = registryId == '' ? '' : '${last(split(registryId, '/'))}.azurecr.io'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${name}-environment'
  location: location
  properties: {
    zoneRedundant: true
    vnetConfiguration: {
      infrastructureSubnetId: subnetId
    }
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: workspace.properties.customerId
        sharedKey: workspace.listKeys().primarySharedKey
      }
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: '${name}-broker'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      // TLS ends in the broker: the ingress passes it through.
      ingress: {
        external: true
        transport: 'tcp'
        targetPort: 8444
        exposedPort: 443
      }
      registries: registryServer == ''
        ? []
        : [
            {
              server: registryServer
              identity: identityId
            }
          ]
      secrets: [
        for secret in mountedSecrets: {
          name: secret
          keyVaultUrl: '${vaultUri}secrets/${secret}'
          identity: identityId
        }
      ]
    }
    template: {
      terminationGracePeriodSeconds: 30
      containers: [
        {
          name: 'broker'
          image: image
          args: [
            'serve'
          ]
          resources: {
            cpu: json('1')
            memory: '2Gi'
          }
          env: [
            {
              name: 'BROKER_URL'
              value: brokerUrl
            }
            {
              name: 'BROKER_TLS_CERTIFICATE_FILE'
              value: '/keys/tls.crt'
            }
            {
              name: 'BROKER_TLS_KEY_FILE'
              value: '/keys/tls.key'
            }
            {
              name: 'BROKER_KEYS_DIR'
              value: '/keys'
            }
            {
              name: 'AZURE_CLOUD'
              value: environment().name
            }
            {
              name: 'TENANT_ID'
              value: subscription().tenantId
            }
            {
              name: 'SERVICE_KEY_URL'
              value: serviceKeyUrl
            }
            {
              name: 'IDENTITY_RESOURCE_GROUP'
              value: identityGroupId
            }
            {
              name: 'DATABASE_URL'
              value: 'postgresql://broker@${databaseHost}:5432/${databaseName}'
            }
            {
              name: 'DATABASE_PASSWORD_FILE'
              value: '/keys/database-password'
            }
            {
              name: 'BROKER_CLIENT_ID'
              value: identityClientId
            }
          ]
          probes: [
            {
              type: 'Startup'
              tcpSocket: {
                port: 8444
              }
              periodSeconds: 1
              failureThreshold: 30
            }
            {
              type: 'Liveness'
              httpGet: {
                scheme: 'HTTPS'
                path: '/healthz'
                port: 8444
              }
              periodSeconds: 10
            }
            {
              type: 'Readiness'
              httpGet: {
                scheme: 'HTTPS'
                path: '/readyz'
                port: 8444
              }
              periodSeconds: 5
            }
          ]
          volumeMounts: [
            {
              volumeName: 'keys'
              mountPath: '/keys'
            }
            {
              volumeName: 'data'
              mountPath: '/data'
            }
          ]
        }
      ]
      volumes: [
        {
          name: 'keys'
          storageType: 'Secret'
          secrets: [
            for secret in mountedSecrets: {
              secretRef: secret
              path: fileNames[secret]
            }
          ]
        }
        {
          name: 'data'
          storageType: 'EmptyDir'
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: 25
        rules: [
          {
            name: 'connections'
            tcp: {
              metadata: {
                concurrentConnections: '200'
              }
            }
          }
        ]
      }
    }
  }
}

output address string = app.properties.configuration.ingress.fqdn
