import { lastValueFrom } from "rxjs";
import { expect, test } from "vitest";

import { explain } from "../../../src/commands/explain.ts";
import { gone } from "../../../src/commands/open-provider.ts";
import { EngineError } from "../../../src/engine/engine-error.ts";

test("an embedded engine that dies ends the program as something missing; one that is closed does not", async () => {
  const error = new EngineError("stopped", "the embedded engine stopped: out of memory");
  const died = await lastValueFrom(gone({ stopped: Promise.resolve(error) })).catch((reason: unknown) => reason);
  expect(explain(died)).toEqual({ code: 3, text: error.message });
  await expect(lastValueFrom(gone({ stopped: Promise.resolve(undefined) }), { defaultValue: "closed" })).resolves.toBe(
    "closed",
  );
});
