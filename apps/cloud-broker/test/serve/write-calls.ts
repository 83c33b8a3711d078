import { writeFileSync } from "node:fs";

import { parseConfig, startBroker } from "../../src/index.ts";
import { createBrokerEnvironment } from "./broker-environment.ts";
import { CALLS_PAGE, renderCalls } from "./render-calls.ts";

// Run by `npm run docs`. The rows are made with everything that they call, so a broker is started.
using environment = await createBrokerEnvironment();
const broker = await startBroker(parseConfig(environment.variables));
writeFileSync(CALLS_PAGE, renderCalls(broker.routes));
await broker.close();
