import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSegments, readWasmFile } from "../../../../src/engine/speak/wasm-file.ts";

/** A module with a memory, a custom section, and data at 8 and at 300. */
const MODULE = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[5, 3, 1, 0, 1],
  ...[0, 4, 1, 0x6e, 7, 7],
  ...[11, 16, 2, 0, 0x41, 8, 0x0b, 3, 1, 2, 3, 0, 0x41, 0xac, 0x02, 0x0b, 1, 9],
];

async function written(bytes: readonly number[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "codriver-wasm-")), "module.wasm");
  await writeFile(path, Uint8Array.from(bytes));
  return path;
}

describe("readWasmFile", () => {
  test("keeps the code apart from the data, which goes where the module wants it", async () => {
    const path = await written(MODULE);
    const file = readWasmFile(path);
    expect([...file.code]).toStrictEqual(MODULE.slice(0, 13));
    const memory = new Uint8Array(400);
    loadSegments(path, file, memory);
    expect([...memory.subarray(7, 12), memory[300], memory.reduce((sum, byte) => sum + byte, 0)]).toStrictEqual([
      ...[0, 1, 2, 3, 0],
      9,
      15,
    ]);
  });

  test("refuses data whose place is not fixed, and a file cut off in its head, by name", async () => {
    const passive = await written([...MODULE.slice(0, 22), 1, ...MODULE.slice(23)]);
    expect(() => readWasmFile(passive)).toThrow(`Cannot read ${passive}: a segment of its data has no fixed address.`);
    const cut = await written(MODULE.slice(0, 14));
    expect(() => readWasmFile(cut)).toThrow(`Cannot read ${cut}: it is not a WebAssembly module, or a broken one.`);
  });
});
