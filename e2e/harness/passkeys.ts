import type { AzureClients } from "@databox-cmk/local-stack";

/** The portal's device credentials: one unlock key for each node, by its serial number. */
export async function readPasskeys(
  { dataBox }: AzureClients,
  resourceGroup: string,
  order: string,
): Promise<ReadonlyMap<string, string>> {
  const passkeys = new Map<string, string>();
  for await (const { jobSecrets } of dataBox.jobs.listCredentials(resourceGroup, order)) {
    if (jobSecrets === undefined) continue;
    const secrets = [
      ...("podSecrets" in jobSecrets ? (jobSecrets.podSecrets ?? []) : []),
      ...("cabinetPodSecrets" in jobSecrets ? (jobSecrets.cabinetPodSecrets ?? []) : []),
    ];
    for (const { deviceSerialNumber, devicePassword } of secrets)
      passkeys.set(deviceSerialNumber ?? "", devicePassword ?? "");
  }
  return passkeys;
}
