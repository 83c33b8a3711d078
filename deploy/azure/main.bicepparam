using 'main.bicep'

param name = 'contosodbx'
param location = 'westeurope'
param image = 'contoso.azurecr.io/databox-broker:1.0.0'
param brokerUrl = 'https://databox.contoso.com'
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD')
