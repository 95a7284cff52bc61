import { defineConfig } from "vitest/config";
import type { Reporter, TestModule } from "vitest/node";

/** In CI everything is installed, so a test that skips itself hides something: name it and fail. */
const noSkippedTests: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    if (process.env["CI"] !== "true") return;
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        process.exitCode = 1;
        process.stderr.write(`skipped in CI: ${module.moduleId}: ${test.fullName}\n`);
      }
    }
  },
};

export default defineConfig({
  test: {
    restoreMocks: true,
    reporters: ["default", noSkippedTests],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], pool: "threads", isolate: false },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/{contract,integration}/**/*.test.ts"],
          pool: "forks",
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "scenario",
          include: ["test/scenario/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
    coverage: { provider: "v8", include: ["src/**", "vehicle-sim/**"], reporter: ["text-summary"] },
  },
});
