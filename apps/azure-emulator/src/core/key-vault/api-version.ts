/**
 * Oldest first (azure-rest-api-specs, keyvault/data-plane/Keys). A new version is one line here;
 * what it adds names it: an operation as `since`, a member by `isAtLeast`.
 */
const API_VERSIONS = [
  "2016-10-01",
  "7.0",
  "7.1",
  "7.2-preview",
  "7.2",
  "7.3-preview",
  "7.3",
  "7.4-preview.1",
  "7.4",
  "7.5-preview.1",
  "7.5",
  "7.6-preview.1",
  "7.6-preview.2",
  "7.6",
  "2025-06-01-preview",
  "2025-07-01",
  "2026-01-01-preview",
  "2026-03-01-preview",
  "2026-04-01",
  "2026-05-01-preview",
  "2026-07-01-preview",
] as const;

export type ApiVersion = (typeof API_VERSIONS)[number];
export const DEFAULT_API_VERSION: ApiVersion = "2026-04-01";

export function parseApiVersion(text: string | undefined): ApiVersion | undefined {
  return API_VERSIONS.find((version) => version === text);
}

export function isAtLeast(version: ApiVersion, other: ApiVersion): boolean {
  return API_VERSIONS.indexOf(version) >= API_VERSIONS.indexOf(other);
}
