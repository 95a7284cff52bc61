import { expect, test } from "vitest";

import { findAcousticModel, parseFlags } from "../../../../src/engine/hear/acoustic-model.ts";

test("a feat.params file is read as values", () => {
  expect(parseFlags("-lowerf 130\n-transform dct\n-varnorm no\n-cmninit 41.00,-5.29\n-svspec 0-12/13-25\n")).toEqual({
    lowerf: 130,
    transform: "dct",
    varnorm: false,
    cmninit: "41.00,-5.29",
    svspec: "0-12/13-25",
  });
});

test("the bundled model is always there", () => {
  expect(findAcousticModel("bundled")).toMatchObject({ name: expect.stringContaining("bundled") as string });
});

test("a directory without a model is named", () => {
  expect(() => findAcousticModel("/nowhere")).toThrow("/nowhere");
});
