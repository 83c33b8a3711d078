/**
 * The command that makes a service of the local stack fail.
 *
 * @param options - of `azure-emulator fault add`: scope and one effect
 */
export function faultCommand(options: string): string {
  return `npm run emulator -- fault add --ca .local/tls/ca.pem ${options}`;
}

/**
 * The retention ends, and the deleted object is purged: purge protection allows no other way.
 * Undone by `clock reset`.
 */
export const PASS_RETENTION = "npm run emulator -- clock advance --ca .local/tls/ca.pem P91D";
