import { writeFileSync } from "node:fs";

import { generatedFiles } from "./generated-files.ts";

for (const { url, text } of await generatedFiles()) writeFileSync(url, text);
