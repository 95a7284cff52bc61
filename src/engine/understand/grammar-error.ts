/** Every mistake in a grammar's templates and lists, one sentence each. */
export class GrammarError extends Error {
  override readonly name = "GrammarError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
