import { z } from "zod";

import { setSignals } from "./plan/set-signals.ts";
import { defineTool } from "./tool.ts";

const DEADLINE_MS = 10_000;

export const changeUndo = defineTool({
  name: "change_undo",
  description: "Puts back what an earlier call changed. Give the call id that its result carries under `undo`.",
  parameters: z.strictObject({ call: z.string().min(1).max(256).describe("The call to undo.") }),
  phrases: { en: [] },
  plan({ call }, vehicle, memory) {
    const ops = memory.before(call);
    if (ops === undefined) return { type: "cannot", say: "I don't know any more how it was before." };
    return setSignals(
      vehicle,
      ops,
      { already: "It is as it was before.", accepted: "Putting it back.", done: "It is as it was before." },
      { wait: "accepted", deadlineMs: DEADLINE_MS },
    );
  },
});
