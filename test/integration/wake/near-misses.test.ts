import { describe, expect, test } from "vitest";

import { nearMisses } from "../../../scripts/wake/near-misses.ts";

describe("near misses", () => {
  test("are the words that sound most alike, without the word and its plural", () => {
    expect(nearMisses("computer", [], 5)).toContain("commuter");
    expect(nearMisses("jarvis", [], 160)).toContain("jervis");
    expect(nearMisses("computer", [], 100).filter((text) => text.startsWith("computer"))).toEqual([]);
  });

  test("are found for a word that no dictionary has, by how it is said", () => {
    expect(nearMisses("kodriver", "K OW D R AY V ER".split(" "), 10)).toContain("driver");
  });
});
