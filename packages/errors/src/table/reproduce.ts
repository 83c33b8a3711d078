/** The command that makes a service of the local stack fail; `effect` is a fault effect of azure-emulator as JSON. */
export function faultCommand(service: string, effect: string): string {
  return `azure-emulator fault add --service ${service} --effect '${effect}'`;
}
