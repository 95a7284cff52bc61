import { BehaviorSubject, Observable, share } from "rxjs";

/** A stream with a current value, read-only: a Behavior is to BehaviorSubject what Observable is to Subject. */
export interface Behavior<T> extends Observable<T> {
  readonly value: T;
}

/** Follows `source$` while somebody is subscribed; `value` is the newest value, or `initial` before the first. */
export function behavior<T>(source$: Observable<T>, initial: T): Behavior<T> {
  const newest$ = new BehaviorSubject(initial);
  const following$ = source$.pipe(share({ connector: () => newest$, resetOnComplete: false }));
  return Object.defineProperty(new Observable<T>((subscriber) => following$.subscribe(subscriber)), "value", {
    get: () => newest$.value,
  }) as Behavior<T>;
}
