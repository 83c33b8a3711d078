import { FREE_PORTS } from "../harness/start-command.ts";

/** How the test runs a command that a page names. */
export type Row = {
  /** As the page names it, or a pattern of such commands. */
  readonly command: string | RegExp;
  /**
   * The command that is run instead, if the command itself takes minutes or needs more than a
   * newcomer has.
   */
  readonly run?: string;
  /** Why something else is run. */
  readonly because?: string;
  /** 0 where it is absent. */
  readonly exitCode?: number;
  readonly prints?: RegExp;
  /** Ctrl-C is pressed when the output matches this. */
  readonly until?: RegExp;
};

/** A command that this test cannot run at all, and the test that runs it. */
export type ElsewhereRow = {
  readonly command: string | RegExp;
  readonly shownBy: string;
  readonly because: string;
};

const PORTS = FREE_PORTS.join(" ");
const SERVES_UNTIL = "it uses free ports, and Ctrl-C ends it";
const HAS_NO_QEMU = "a newcomer has no qemu; e2e/virtual-appliance.test.ts boots the machine";
const ONE_TEST = "packages/errors/src/fill.test.ts";

/** In the order in which they run: the first one finds a clone in which nothing is installed. */
export const ROWS: readonly Row[] = [
  {
    command: "npm run bounds",
    prints: /no issues found/,
  },
  {
    command: "npm start",
    run: `npm start -- ${PORTS}`,
    because: SERVES_UNTIL,
    until: /Ctrl-C/,
    prints: /UNLOCKED/,
  },
  {
    command: "npm start -- --once",
    run: `npm -s start -- --once --json ${PORTS}`,
    because: "it uses free ports; with --json, which a page names too",
    prints: /"event":"story","outcome":"done"/,
  },
  {
    command: "npm -s start -- --json",
    run: `npm -s start -- --once --json ${PORTS}`,
    because: "it uses free ports, and ends after the demo",
  },
  {
    command: "npm start -- --serve",
    run: `npm start -- --serve ${PORTS}`,
    because: SERVES_UNTIL,
    until: /Ctrl-C/,
  },
  {
    command: "npm start -- --demo",
    run: "npm start -- --demo --help",
    because: "e2e/story.test.ts plays it",
    prints: /--demo /,
  },
  {
    command: "npm start -- --vm",
    run: "npm start -- --vm --help",
    because: HAS_NO_QEMU,
    prints: /--vm /,
  },
  {
    command: "npm start -- --allow-revert",
    run: "npm start -- --allow-revert --help",
    because: "it changes nothing of the demo; apps/local-stack/src/stack/broker-settings.test.ts",
    prints: /--allow-revert /,
  },
  {
    command: "npm run appliance-vm",
    run: "npm run appliance-vm -- --help",
    because: HAS_NO_QEMU,
    prints: /--vm /,
  },
  {
    command: /^npm test( -- \S+( -t .*)?)?$/,
    run: `npm test -- ${ONE_TEST}`,
    because: "all tests take minutes; this test is one of them",
    prints: /\d+ passed, 0 failed$/m,
  },
  {
    command: "npm run test:fast",
    run: `npm run test:fast -- ${ONE_TEST}`,
    because: "these tests take minutes; this test is one of them",
    prints: /\d+ passed, 0 failed$/m,
  },
  { command: "npm run test:changed" },
  {
    command: "npm run check",
    run: "npm run check -- --list",
    because: "the gates take a minute in a new clone, and npm test runs all of them",
    prints: /^types$/m,
  },
  {
    command: "npm run audit",
    run: "npm run audit -- --accepted",
    because: "the registry's answer may change from one day to the next",
  },
  { command: "npm run", prints: /^ {2}test:fast$/m },
  { command: "npm run evidence", prints: /^## A forged refusal$/m },
  { command: "npm run audit -- --accepted", prints: /^\d+ accepted$/m },
  { command: "npx pnpm install", prints: /up to date/ },
  { command: "npm run lint -- tools/run.mjs", prints: /correct format/ },
  {
    command: "npm run fix",
    run: "npm run fix -- tools/run.mjs && git diff --exit-code --stat",
    because: "linting all files takes a minute",
  },
  { command: "node tools/setup.mjs" },
  { command: "node tools/run.mjs vitest --version", prints: /^vitest\//m },
  { command: "node tools/run.mjs node tools/prose.mjs --list", prints: /lines of prose/ },
  {
    command: /^npm test -- next-act --(?:watch|inspect-brk=\S+ --no-file-parallelism)$/,
    run: "npm test -- next-act",
    because: "it would wait for a person",
    prints: /^\d+ passed, 0 failed$/m,
  },
  {
    command: /^npm (-s )?run bench( -- .*)?$/,
    run: "npm run bench -- --list",
    because: "a bench takes from seconds to minutes, and measures nothing beside other tests",
    prints: /^agent-cold-start$/m,
  },
  {
    command: "npm run fault-matrix",
    run: "npm run fault-matrix -- --list",
    because: "the matrix takes a minute; e2e/fault-matrix/fault-matrix.test.ts runs it",
    prints: /^the key version is disabled$/m,
  },
  {
    command: /^npm run drill( -- [\w-]+)?$/,
    run: "npm run drill -- --list",
    because: "the drills take minutes; e2e/drills/drills.test.ts plays them",
    prints: /^backup-sqlite$/m,
  },
  {
    command: /^npm run explore( -- .*)?$/,
    run: "npm run explore -- --minutes 0 --seed 1",
    because: "a night's walks take as long as they are told to",
    prints: /from seed 1$/m,
  },
  {
    command: "npm run portal:pictures",
    run: "npm run portal:pictures -- --help",
    because: "a newcomer has no Chromium, and the pictures take minutes",
    prints: /takes the pictures/,
  },
  {
    command: "npm run docs",
    run: "npm run docs && git diff --exit-code --stat",
    because: "the pages in the repository must be what it writes",
  },
  { command: "npm run vectors -- messages.json" },
  { command: "npm run build -- --filter=@databox-cmk/local-ui", prints: /1 successful/ },
  {
    command: "npm run broker -- doctor",
    exitCode: 5,
    because: "a newcomer has no settings; it must name them",
    prints: /BROKER_DATA_DIR/,
  },
  {
    command: /^npm run agent( -- .*)?$/,
    run: "npm run agent -- --help",
    because: "it needs a stack; e2e/story.test.ts asks the agent of one",
    prints: /databox-agent \[/,
  },
  {
    command: /^npm run az( -- .*)?$/,
    run: "npm run az -- --directory nowhere keyvault list",
    exitCode: 2,
    because:
      "it needs a stack and az; e2e/fault-matrix/az-steps.test.ts signs in by the same function",
    prints: /npm start/,
  },
  {
    command: "npm run emulator",
    run: "npm run emulator -- --port 0 --imds-port 0 --dns-port 0",
    because: SERVES_UNTIL,
    until: /ready: /,
  },
  {
    command: /^npm run emulator -- (fault|clock) .*$/,
    run: "npm run emulator -- fault add --help",
    because:
      "it needs an emulator at the usual port; e2e/fault-matrix/reproduce.test.ts runs each on another",
    prints: /--propagation-delay/,
  },
  {
    command: /^npm run conformance( -- .*)?$/,
    run: "npm run conformance -- agent --help",
    because: "it needs an agent or a broker; e2e/conformance.test.ts checks three of them",
    prints: /--report <folder>/,
  },
  {
    command: "npm run deb",
    exitCode: 1,
    because: "a newcomer has no dpkg-deb and strip; e2e/debian/package.test.ts makes the package",
    prints: /apt-get install binutils dpkg/,
  },
  {
    command: /^npm run image -- --source /,
    run: "npm run image -- --help",
    because: "a newcomer has no strip; e2e/image/image.test.ts makes the image",
    prints: /usage: npm run image/,
  },
  {
    command: /^npm run release(?: -- |$)/,
    run: "npm run release -- --help",
    because: "a newcomer has no strip; e2e/release.test.ts makes a release",
    prints: /usage: npm run release/,
  },
  {
    command: "node tools/run.mjs node deploy/agent/install-tree.mjs FOLDER",
    run: "node tools/run.mjs node deploy/agent/install-tree.mjs",
    exitCode: 2,
    because: "it needs strip, which a newcomer lacks; e2e/debian/package.test.ts lays out the tree",
    prints: /usage: /,
  },
];

export const ELSEWHERE: readonly ElsewhereRow[] = [
  {
    command: /^node \/app\/broker\.mjs/,
    shownBy: "e2e/image/image.test.ts",
    because: "it is for the image of the broker",
  },
  {
    command:
      /^npm run double$|^npm install --save-dev \S+azure-double|^npx (?:--yes --package \S+ )?azure-double\b/,
    shownBy: "e2e/azure-double.test.ts",
    because: "it takes a bundle of its own; that test packs it and runs it by npx",
  },
  {
    command: /^(?:npm run kit$|npx --yes --package \S+ databox-conformance)/,
    shownBy: "e2e/release.test.ts",
    because: "it takes a bundle of its own; that test packs it and runs it by npx",
  },
  {
    command: /^(?:npm run verifier$|npx --yes --package \S+ databox-verify )/,
    shownBy: "e2e/verifier.test.ts",
    because: "it takes a bundle of its own; that test packs it and runs it by npx",
  },
  {
    command: /^npm (?:install --save-dev \S+conformance\S+|uninstall) |^npx databox-\S+ --version$/,
    shownBy: "e2e/release.test.ts",
    because: "it is for a project beside a release, which that test makes",
  },
];
