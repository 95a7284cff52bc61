import { cpus, release } from "node:os";
import type { Figure } from "../../bench/figures.ts";
import { BENCHMARKS } from "../../bench/index.ts";
import { EXIT, UsageError } from "./explain.ts";
import { checkWritable, print, writeJson } from "./print.ts";

export interface BenchOptions {
  readonly json?: string;
  readonly only?: string;
}

/** Runs the benchmarks one after the other, so that none disturbs another, and prints what they measured. */
export async function bench({ json, only }: BenchOptions): Promise<number> {
  checkWritable(json);
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
  const say = (line: string): void => (json === "-" ? undefined : print(line));
  say(machine);
  const figures: Figure[] = [];
  for (const benchmark of chosen(only)) {
    say(`\n${benchmark.name}: ${benchmark.about}`);
    for (const figure of await benchmark.run()) {
      figures.push(figure);
      say(`  ${figure.what.padEnd(62)} ${figure.measured.padEnd(24)} target ${figure.target.padEnd(18)} n=${figure.n}`);
    }
  }
  if (json !== undefined) writeJson(json, { machine, figures });
  return EXIT.ok;
}

function chosen(only: string | undefined): typeof BENCHMARKS {
  if (only === undefined) return BENCHMARKS;
  const names = only.split(",");
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length === 0) return BENCHMARKS.filter(({ name }) => names.includes(name));
  throw new UsageError(
    `--only: no benchmark ${unknown.join(", ")}; there are: ${BENCHMARKS.map(({ name }) => name).join(", ")}`,
  );
}
