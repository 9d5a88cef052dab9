/** Runs works one after the other, in the order of the calls; a work that fails does not stop the next. */
export function serialiser(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
