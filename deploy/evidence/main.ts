// Writes docs/design/evidence.md.
import { writeFileSync } from "node:fs";

import { renderEvidence } from "./render-evidence.ts";

writeFileSync(new URL("../../docs/design/evidence.md", import.meta.url), renderEvidence());
