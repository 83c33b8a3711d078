import type { ReactElement } from "react";

import { useNames } from "./use-people.ts";

/** A person's name; their object id, if the directory does not name it. A sign-in name stays. */
export function PersonName({ id }: { readonly id: string }): ReactElement {
  const name = useNames([id])(id);
  return name === id ? <>{id}</> : <span title={id}>{name}</span>;
}
