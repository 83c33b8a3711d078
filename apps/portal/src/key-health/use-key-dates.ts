import { useQuery } from "@tanstack/react-query";

import { readKeyVersions } from "../api/vault-keys.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

const SECOND_MS = 1000;

export type KeyDates = {
  readonly isKnown: boolean;
  /** The reader may not read them in the vault. */
  readonly isHidden: boolean;
  readonly expires?: string | undefined;
  readonly notBefore?: string | undefined;
};

/** The validity of a key version, read from the vault with the reader's own rights. */
export function useKeyDates(kid: string | undefined): KeyDates {
  const { client } = useSignedIn();
  const [, vaultUri = "", key = "", wanted = ""] =
    /^(https:\/\/[^/]+\/)keys\/([^/]+)\/([^/]+)$/.exec(kid ?? "") ?? [];
  const versions = useQuery({
    queryKey: QUERY_KEYS.vault(vaultUri, "versions", key),
    queryFn: ({ signal }) => readKeyVersions(client, vaultUri, key, signal),
    enabled: vaultUri !== "",
    retry: false,
  });
  const version = versions.data?.find((each) => each.version === wanted);
  return {
    isKnown: version !== undefined,
    isHidden: versions.isError,
    expires: version?.expiresAt === undefined ? undefined : isoTime(version.expiresAt),
    notBefore: version?.notBefore === undefined ? undefined : isoTime(version.notBefore),
  };
}

function isoTime(seconds: number): string {
  return new Date(seconds * SECOND_MS).toISOString();
}
