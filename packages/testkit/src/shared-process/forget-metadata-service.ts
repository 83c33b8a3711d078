import { ManagedIdentityCredential } from "@azure/identity";

/*
 * A set-up file of vitest (vitest.config.ts). MSAL keeps the address and the tokens of the first
 * instance metadata service for as long as the process lives; each test file emulates its own. So
 * this drops what MSAL keeps, in members that it does not publish. If they are renamed, the tests
 * of managed identities fail.
 */
const application: unknown = Reflect.get(new ManagedIdentityCredential(), "managedIdentityApp");
drop(application, "nodeStorage");
drop(memberOf(application, "managedIdentityClient"), "identitySource");

/** Drops a static member of the object's class. */
function drop(object: unknown, member: string): void {
  const type = memberOf(object, "constructor");
  if (typeof type === "function") Reflect.set(type, member, undefined);
}

function memberOf(object: unknown, name: string): unknown {
  return typeof object === "object" && object !== null ? Reflect.get(object, name) : undefined;
}
