const KEY = ["--vault-name", "--name"];
const ORDER = ["--resource-group", "--name"];

/**
 * The az commands that our steps use, with the options that they use. A new step adds its command
 * here after it was tried against az.
 */
export const AZ_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  login: ["--tenant"],
  rest: ["--method", "--url", "--body", "--headers", "--skip-authorization-header"],
  "account get-access-token": ["--resource-type"],
  "account list": [],
  "account show": [],
  "group list": [],
  "resource list": ["--name"],
  "resource update": ["--ids", "--set"],
  "role assignment create": [
    "--role",
    "--assignee",
    "--assignee-object-id",
    "--assignee-principal-type",
    "--scope",
  ],
  "role assignment delete": ["--role", "--assignee", "--scope"],
  "identity create": ORDER,
  "identity delete": ["--ids"],
  "identity list": [],
  "identity show": ORDER,
  "identity federated-credential create": [
    ...ORDER,
    "--identity-name",
    "--issuer",
    "--subject",
    "--audiences",
  ],
  "identity federated-credential delete": [...ORDER, "--identity-name", "--yes"],
  "keyvault create": [
    ...ORDER,
    "--location",
    "--enable-purge-protection",
    "--enable-rbac-authorization",
  ],
  "keyvault delete": ["--name"],
  "keyvault delete-policy": ["--name", "--object-id"],
  "keyvault list": [],
  "keyvault list-deleted": ["--resource-type"],
  "keyvault network-rule add": ["--name", "--ip-address"],
  "keyvault recover": ["--name", "--location"],
  "keyvault set-policy": ["--name", "--object-id", "--key-permissions"],
  "keyvault show": ["--name"],
  "keyvault update": [
    "--name",
    "--bypass",
    "--default-action",
    "--enable-purge-protection",
    "--public-network-access",
  ],
  "keyvault key create": [...KEY, "--kty", "--size", "--ops"],
  "keyvault key delete": KEY,
  "keyvault key list": ["--vault-name"],
  "keyvault key list-versions": KEY,
  "keyvault key recover": KEY,
  "keyvault key restore": ["--vault-name", "--file"],
  "keyvault key set-attributes": [
    ...KEY,
    "--version",
    "--enabled",
    "--expires",
    "--not-before",
    "--ops",
  ],
  "keyvault key show": [...KEY, "--version"],
  "keyvault key show-deleted": KEY,
};

/** Other programs that a step may name. */
export const LOCAL_PROGRAMS = [
  "apt-get",
  "broker",
  "curl",
  "date",
  "databox-agent",
  "df",
  "ls",
  "lsblk",
  "mv",
  "npm",
  "openssl",
  "ss",
  "systemctl",
  "tpm2",
  "timedatectl",
];
