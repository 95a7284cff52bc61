import { map, Observable, type OperatorFunction } from "rxjs";

/**
 * Emits what is in each list, in order: as `mergeMap` of the lists would, without an Observable for each of them.
 * For streams where each piece of sound passes through many stages.
 */
export function flat<Input, Output>(
  list: (input: Input, index: number) => readonly Output[],
): OperatorFunction<Input, Output> {
  return (inputs$) => {
    const lists$ = inputs$.pipe(map(list));
    return new Observable((subscriber) =>
      lists$.subscribe({
        next: (each) => {
          for (const value of each) subscriber.next(value);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  };
}
