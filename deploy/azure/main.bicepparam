using 'main.bicep'

param name = 'contosodbx'
param location = 'westeurope'
param image = 'contoso.azurecr.io/databox-broker:1.0.0'
param brokerUrl = 'https://databox.contoso.com'
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD')
param registryId = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/contoso-images/providers/Microsoft.ContainerRegistry/registries/contoso'
param secretsOfficerId = '33333333-3333-3333-3333-333333333333'
param deployBroker = readEnvironmentVariable('DEPLOY_BROKER', 'true') == 'true'
