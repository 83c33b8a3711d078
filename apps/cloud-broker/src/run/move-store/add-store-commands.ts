import type { Command } from "commander";

import { type Environment, parseConfig } from "../../config/config.ts";
import type { Output } from "./move-store.ts";

export function addStoreCommands(program: Command, environment: Environment, output: Output): void {
  program
    .command("migrate")
    .description("migrate the database to the newest schema; several processes may do so at once")
    .option("--no-way-back", "also where the former version can no longer use the database")
    .action(async ({ wayBack }: { readonly wayBack: boolean }) => {
      const { migrate } = await import("./move-store.ts");
      await migrate(parseConfig(environment), wayBack, output);
    });
  program
    .command("export")
    .description(
      "export the whole database to a new file; stop the broker first if you move the database",
    )
    .argument("<file>", "created for its owner only; contains wrapped keys and the audit trail")
    .action(async (path: string) => {
      const { exportTo, withStore } = await import("./move-store.ts");
      await withStore(parseConfig(environment), (store) => exportTo(store, path, output));
    });
  program
    .command("import")
    .description("import a file of broker export into an empty database, all or nothing")
    .argument("<file>", "file that broker export has written")
    .action(async (path: string) => {
      const { importFrom } = await import("./move-store.ts");
      await importFrom(parseConfig(environment), path, output);
    });
}
