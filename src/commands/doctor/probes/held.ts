import { Observable } from "rxjs";

/** Opens on subscription, emits what was opened, closes it on unsubscription, also when it only opens after that. */
export function held<T>(open: () => Promise<T>, close: (opened: T) => unknown): Observable<T> {
  return new Observable((subscriber) => {
    let release = (): unknown => undefined;
    open().then(
      (opened) => {
        release = () => close(opened);
        if (subscriber.closed) release();
        else subscriber.next(opened);
      },
      (error: unknown) => subscriber.error(error),
    );
    return () => void release();
  });
}
