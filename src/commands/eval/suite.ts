import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SpokenCall } from "../../engine/understand/grammar.ts";
import { DocumentError, type DocumentProblem } from "../../shared/yaml-document.ts";
import { readLabel } from "./label.ts";

export const KINDS = ["wake", "command", "speech", "noise", "emotion"] as const;
export type Kind = (typeof KINDS)[number];

/** One recording of a suite. */
export interface Clip {
  /** As the manifest names it. */
  readonly file: string;
  readonly path: string;
  /** In the manifest. */
  readonly line: number;
  readonly kind: Kind;
  readonly language: string;
  readonly transcript: string;
  /** What the speaker wants, where that is known. */
  readonly wants: readonly SpokenCall[] | undefined;
}

/** Which clips: the first or second half of the file names in their order, or every other one. */
export const HALVES = ["all", "first", "second", "odd", "even"] as const;
export type Half = (typeof HALVES)[number];

const MANIFEST = "manifest.tsv";

/**
 * Reads the manifest of a folder of recordings (`docs/eval.md` has the format), sorted by file name. Throws a
 * DocumentError that names every bad row.
 */
export function readSuite(folder: string): readonly Clip[] {
  const manifest = join(folder, MANIFEST);
  if (!existsSync(manifest)) {
    throw new DocumentError(manifest, [{ key: "", reason: "no such file; a suite is a folder with a manifest.tsv" }]);
  }
  const lines = readFileSync(manifest, "utf8")
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  return parseManifest(lines, manifest, (file) => {
    const path = join(folder, file);
    return existsSync(path) ? path : undefined;
  });
}

/** As `readSuite`, for lines already read; `find` tells where a file is, or that it is not. */
export function parseManifest(
  [header = "", ...rows]: readonly string[],
  manifest: string,
  find: (file: string) => string | undefined,
): readonly Clip[] {
  const columns = header.split("\t").map((name) => name.trim().toLowerCase());
  const lacking = ["file", "kind"].filter((name) => !columns.includes(name));
  if (lacking.length > 0) {
    const reason = `the header line has no column ${lacking.join(" and ")} (columns are separated by tabs)`;
    throw new DocumentError(manifest, [{ line: 1, key: "", reason }]);
  }
  const problems: DocumentProblem[] = [];
  const clips = new Map<string, Clip>();
  rows.forEach((row, index) => {
    const line = index + 2;
    if (row.trim() === "") return;
    const cells = row.split("\t");
    const cell = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? "";
    try {
      if (clips.has(cell("file"))) throw new Error(`line ${clips.get(cell("file"))?.line} has the same file`);
      clips.set(cell("file"), clipOf(cell, line, find));
    } catch (error) {
      problems.push({ line, key: cell("file"), reason: error instanceof Error ? error.message : String(error) });
    }
  });
  if (problems.length === 0 && clips.size === 0) problems.push({ line: 1, key: "", reason: "there are no rows" });
  if (problems.length > 0) throw new DocumentError(manifest, problems);
  return [...clips.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

function clipOf(cell: (name: string) => string, line: number, find: (file: string) => string | undefined): Clip {
  const [file, kind, transcript] = [cell("file"), cell("kind"), cell("transcript")];
  if (file === "") throw new Error("the file is not named");
  const known = KINDS.find((name) => name === kind);
  if (known === undefined) throw new Error(`the kind is "${kind}"; there are ${KINDS.join(", ")}`);
  const path = find(file);
  if (path === undefined) throw new Error("there is no such file");
  if (known === "wake" && transcript === "") throw new Error("a wake row needs its word as the transcript");
  const wants = readLabel(cell("label"), transcript);
  return { file, path, line, kind: known, language: cell("language"), transcript, wants };
}

/** The chosen half of some clips in their order. The first half has the odd one. */
export function halfOf<T>(clips: readonly T[], half: Half): readonly T[] {
  const middle = Math.ceil(clips.length / 2);
  switch (half) {
    case "all":
      return clips;
    case "first":
      return clips.slice(0, middle);
    case "second":
      return clips.slice(middle);
    case "odd":
      return clips.filter((_, index) => index % 2 === 0);
    case "even":
      return clips.filter((_, index) => index % 2 === 1);
  }
}
