// A reporter of vitest: the result of each file and test, and the duration of each file, as JSON.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { env } from "node:process";

/** tools/test.mjs reads this file when vitest has ended. */
// oxlint-disable-next-line import/no-default-export -- vitest takes a reporter so
export default class ResultsWriter {
  onTestRunEnd(modules, strayErrors) {
    const files = modules.map((module) => ({
      path: relative(env.DATABOX_CMK_ROOT, module.moduleId),
      project: module.project.name,
      seconds: secondsOf(module.diagnostic()),
      // The file itself: it could not be read, or a hook failed.
      isBroken: module.errors().length > 0 || [...module.children.allSuites()].some(isBroken),
      tests: [...module.children.allTests()].map((test) => ({
        name: test.fullName,
        state: test.result().state,
      })),
    }));
    writeFileSync(
      env.DATABOX_CMK_RESULTS,
      JSON.stringify({ files, strayErrors: strayErrors.length }),
    );
  }
}

function isBroken(suite) {
  return suite.errors().length > 0;
}

function secondsOf(diagnostic) {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } =
    diagnostic;
  return (
    (environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration) / 1000
  );
}
