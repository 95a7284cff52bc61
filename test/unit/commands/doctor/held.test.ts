import { expect, test, vi } from "vitest";

import { held } from "../../../../src/commands/doctor/probes/held.ts";

test("what was opened is closed with the subscription, also when it only opens after that", async () => {
  const closed: string[] = [];
  const close = (name: string) => closed.push(name);
  const opened = vi.fn();
  const first = held(() => Promise.resolve("first"), close).subscribe(opened);
  await vi.waitFor(() => expect(opened).toHaveBeenCalledWith("first"));
  expect(closed).toEqual([]);
  first.unsubscribe();
  expect(closed).toEqual(["first"]);

  held(() => Promise.resolve("late"), close)
    .subscribe()
    .unsubscribe();
  await vi.waitFor(() => expect(closed).toEqual(["first", "late"]));
});

test("what cannot be opened is an error", async () => {
  const reason = new Error("no");
  const error = vi.fn();
  held(() => Promise.reject(reason), vi.fn()).subscribe({ error });
  await vi.waitFor(() => expect(error).toHaveBeenCalledWith(reason));
});
