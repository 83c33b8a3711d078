// `node tools/setup.mjs` installs the dependencies and builds the bundles that the local stack
// serves. --dependencies: only the dependencies. --for-tests: also the Debian packages of the
// tests.
import { installTestPackages } from "./set-up/install-test-packages.mjs";
import { setUp } from "./set-up/set-up.mjs";

const options = new Set(process.argv.slice(2));
const isDone = await setUp({ bundles: !options.has("--dependencies") });
if (!isDone) process.exit(1);
if (options.has("--for-tests")) await installTestPackages();
