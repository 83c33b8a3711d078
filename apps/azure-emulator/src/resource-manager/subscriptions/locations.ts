/** Some regions of the public cloud; any other name is accepted too. */
export const LOCATIONS = [
  { name: "westus", displayName: "West US" },
  { name: "westus2", displayName: "West US 2" },
  { name: "eastus", displayName: "East US" },
  { name: "eastus2", displayName: "East US 2" },
  { name: "centralus", displayName: "Central US" },
  { name: "northeurope", displayName: "North Europe" },
  { name: "westeurope", displayName: "West Europe" },
  { name: "uksouth", displayName: "UK South" },
  { name: "germanywestcentral", displayName: "Germany West Central" },
  { name: "southeastasia", displayName: "Southeast Asia" },
  { name: "japaneast", displayName: "Japan East" },
  { name: "australiaeast", displayName: "Australia East" },
] as const;
