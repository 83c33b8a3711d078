import { Button } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useGrant } from "./use-grant.ts";

type GrantableAccess = NonNullable<ReturnType<typeof useGrant>>;

/** Grants the right on the vault, if nothing else is missing. */
export function GrantAccess(wanted: Parameters<typeof useGrant>[0]): ReactElement | null {
  const grant = useGrant(wanted);
  if (grant === undefined) return null;
  return (
    <>
      <QueryProblem error={grant.error} />
      <GrantButton grant={grant} />
    </>
  );
}

export function GrantButton({ grant }: { readonly grant: GrantableAccess }): ReactElement {
  const texts = useTexts().encryption;
  return (
    <Button
      appearance="primary"
      disabledFocusable={grant.isPending}
      onClick={() => grant.mutate(grant.to)}
    >
      {grant.isPending ? texts.granting : texts.grant}
    </Button>
  );
}
