/**
 * Gives what sends one thing after another: each begins when the one before it was answered or refused, so they arrive in
 * the order they were asked for.
 */
export function turns(): <T>(send: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (send) => {
    const mine = last.then(send, send);
    last = mine;
    return mine;
  };
}
