/** A question's type as dns-packet names it. */
export type DnsQuestion = { readonly name: string; readonly type: string };

/**
 * The zone's answer for a name; `address` is IPv4, since the emulator listens on 127.0.0.1 only.
 */
export type ZoneAnswer =
  | { readonly kind: "address"; readonly address: string }
  /** The name exists but has no record of that type (RFC 2308 §2.2: NODATA). */
  | { readonly kind: "no-data" }
  | { readonly kind: "name-error" }
  /** Not our zone: this server resolves nothing else (RFC 8914: not authoritative). */
  | { readonly kind: "refused" };

export type Zone = {
  /** Fixed names, lower case: `login.localhost`, … */
  readonly names: ReadonlySet<string>;
  /** `vault.localhost`: its children are vaults. */
  readonly vaultDomain: string;
  /**
   * Whether the cloud still has this vault's record: existing vaults, and deleted ones until they
   * are purged.
   */
  readonly hasVault: (vaultName: string) => boolean;
};

const LOOPBACK = "127.0.0.1";
export const ZONE_ORIGIN = "localhost";

/** The vault that a name belongs to, whether it exists or not. */
export function vaultOfName(name: string, vaultDomain: string): string | undefined {
  const suffix = `.${vaultDomain}`;
  const lower = normalize(name);
  if (!lower.endsWith(suffix)) return undefined;
  const label = lower.slice(0, -suffix.length);
  return label === "" || label.includes(".") ? undefined : label;
}

export function answerQuestion(question: DnsQuestion, zone: Zone): ZoneAnswer {
  const name = normalize(question.name);
  const exists = nameExists(name, zone);
  if (!exists && !isOfZone(name, zone)) return { kind: "refused" };
  if (!exists) return { kind: "name-error" };
  return question.type === "A" || question.type === "ANY"
    ? { kind: "address", address: LOOPBACK }
    : { kind: "no-data" };
}

/** Below `localhost`, or a vault of the cloud that the emulator is. */
function isOfZone(name: string, { vaultDomain }: Zone): boolean {
  return (
    name === ZONE_ORIGIN ||
    name.endsWith(`.${ZONE_ORIGIN}`) ||
    vaultOfName(name, vaultDomain) !== undefined
  );
}

function nameExists(name: string, zone: Zone): boolean {
  if (name === ZONE_ORIGIN || name === zone.vaultDomain || zone.names.has(name)) return true;
  const vault = vaultOfName(name, zone.vaultDomain);
  return vault !== undefined && zone.hasVault(vault);
}

/** Names are compared without case and without the root's dot (RFC 4343). */
function normalize(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
