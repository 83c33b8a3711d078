using 'main.bicep'

param name = 'contosodbx'
param location = 'westeurope'
param brokerUrl = 'https://databox.contoso.com'
param registryId = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/contoso-images/providers/Microsoft.ContainerRegistry/registries/contoso'
param operatorId = '33333333-3333-3333-3333-333333333333'
param operatorAddresses = ['203.0.113.7']
param alertEmail = 'operators@contoso.com'
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD')
