import { isIdentifier } from "@databox-cmk/protocol";
import type { ReactElement } from "react";

import { usePeople } from "./use-people.ts";

/** The name of a person; their object id, if the directory does not name it. A sign-in name stays. */
export function PersonName({ id }: { readonly id: string }): ReactElement {
  // Every object id has the form of a tenant's id.
  const person = usePeople(isIdentifier("tenantId", id) ? [id] : []).get(id.toLowerCase());
  return person === undefined ? <>{id}</> : <span title={id}>{person.name}</span>;
}
