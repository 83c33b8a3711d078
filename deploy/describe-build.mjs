import { join } from "node:path";

import { root } from "./bill-of-materials.mjs";
import { sha256OfFile } from "./broker/image-layout.mjs";
import { sourceDateSeconds } from "./sources.ts";

/**
 * A predicate of SLSA's provenance. It says nothing of the day and the machine: it is the same each
 * time.
 *
 * @param page - what describes the build
 * @param chosen - what else its caller chose
 * @param facts - other inputs of it
 * @param parts - as `writeBillOfMaterials` takes them
 */
export function describeBuild({ source, revision, page, script, chosen, facts, parts }) {
  const isCommit = /^[0-9a-f]{40}$/.test(revision);
  const at = `${source}/blob/${revision}`;
  const node = join(root, "node_modules", "node", "bin", "node");
  return {
    buildDefinition: {
      buildType: `${at}/${page}`,
      externalParameters: { source, revision, ...chosen },
      internalParameters: { ...facts, SOURCE_DATE_EPOCH: sourceDateSeconds() },
      resolvedDependencies: [
        { uri: `git+${source}`, digest: isCommit ? { gitCommit: revision } : undefined },
        { name: "pnpm-lock.yaml", digest: { sha256: sha256OfFile(join(root, "pnpm-lock.yaml")) } },
        ...parts.map(({ component: { name, purl } }) =>
          name === "node" ? { uri: purl, digest: { sha256: sha256OfFile(node) } } : { uri: purl },
        ),
      ],
    },
    runDetails: { builder: { id: `${at}/${script}` } },
  };
}
