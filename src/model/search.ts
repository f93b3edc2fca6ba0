// Binary search in what is in order.

/** How many of the numbers below `count` fit, where those that do come first. */
export function countWhere(count: number, fits: (n: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
