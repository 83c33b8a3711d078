import { expect, test } from "vitest";

import { builtinsWithoutImport } from "../bundle/builtins-without-import.ts";

const built = (name: string) => `globalThis.process.getBuiltinModule("${name}")`;

test.each([
  ['import { once } from "node:events";', `const { once } = ${built("node:events")};`],
  [
    'import { join as join$1, sep } from "path";',
    `const { join : join$1, sep } = ${built("path")};`,
  ],
  ['import process from "node:process";', `const process = ${built("node:process")};`],
  ['import * as fs$1 from "fs";', `const fs$1 = ${built("fs")};`],
  [
    'import net, { isIP } from "node:net";',
    `const net = ${built("node:net")}; const { isIP } = ${built("node:net")};`,
  ],
  [
    'import path$1, * as path from "path";',
    `const path$1 = ${built("path")}; const path = ${built("path")};`,
  ],
])("%s needs no import", (line, expected) => {
  expect(builtinsWithoutImport.renderChunk(`${line}\nnext();`).code).toBe(`${expected}\nnext();`);
});

test.each([
  'import Database from "better-sqlite3";',
  'import { n as init } from "./esm.mjs";',
  'import "node:fs";',
  'const text = `import fs from "fs";`;',
])("%s stays", (line) => {
  expect(builtinsWithoutImport.renderChunk(line).code).toBe(line);
});
